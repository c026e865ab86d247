/**
 * Reads what the worker's main process says to a room. Both are one program, but the files of a worker may be replaced
 * while it runs, and the next room process is then of another release. Unknown members of settings and sources are kept;
 * those of a message are dropped.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Hardware } from "../../media/ports.ts";
import { RefusalPayload } from "../../protocol/envelope.ts";
import { SessionId } from "../../protocol/ids.ts";
import { MemoryTrouble } from "../../protocol/room_state/components.ts";
import { App, EndReason } from "../../protocol/legs/room.ts";
import { TakeOver, type ToWorker, toWorker } from "../../protocol/legs/worker_leg.ts";
import { RoomOwner } from "../../protocol/pass.ts";
import { RecordAction, RecordingEnd } from "../../protocol/recording/recording.ts";
import { SessionPass } from "../../protocol/signed_pass.ts";
import type { RoomSettings, ToRoom } from "../room/ipc.ts";
import { Ingest, PortRange, Spec } from "./source_spec.ts";

const optional = z.exactOptional;
const HARDWARE = ["vaapi", "nvenc", "v4l2m2m", "rkmpp"] satisfies readonly Hardware[];

const Settings: z.ZodMiniType<RoomSettings> = z.looseObject({
  roomId: z.string(),
  generation: optional(z.int()),
  workerId: z.string(),
  zone: z.string(),
  extraAddresses: z.array(z.string()),
  onlyExtraAddresses: optional(z.boolean()),
  portRange: optional(PortRange),
  targetHeight: z.number(),
  hardware: optional(z.enum(HARDWARE)),
  savesFolder: z.string(),
  relaysSaves: optional(z.boolean()),
  recordings: optional(z.looseObject({ longest: z.number() })),
  holders: optional(z.array(z.string())),
});

/** A message of the coordinator to one session of the room. */
const Relayed = z.custom<ToWorker>((value) => toWorker.read(value).ok);
const ofType = <T extends ToWorker["type"]>(type: T) =>
  z.custom<Extract<ToWorker, { type: T }>>((value) => {
    const read = toWorker.read(value);
    return read.ok && read.message.type === type;
  });

const ToRoomMessage: z.ZodMiniType<ToRoom> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("configure"), settings: Settings, keeps: optional(SessionId) }),
  z.object({
    type: z.literal("preconnect"),
    settings: Settings,
    message: ofType("webrtc.preconnect"),
  }),
  z.object({ type: z.literal("message"), message: Relayed }),
  z.object({ type: z.literal("pass"), pass: SessionPass }),
  z.object({ type: z.literal("start"), message: ofType("app.start"), app: App, spec: Spec }),
  z.object({
    type: z.literal("take_over"),
    app: App,
    spec: Spec,
    seats: TakeOver.shape.seats,
  }),
  z.object({
    type: z.literal("stored"),
    request: z.int(),
    error: optional(z.string()),
    file: optional(z.string()),
    files: optional(z.array(z.looseObject({ key: z.string(), size: z.number() }))),
  }),
  z.object({
    type: z.literal("record"),
    action: RecordAction,
    owner: RoomOwner,
    request: optional(z.string()),
    reason: optional(RecordingEnd),
  }),
  z.object({ type: z.literal("memory"), trouble: optional(MemoryTrouble) }),
  z.object({ type: z.literal("record_space"), refusal: optional(RefusalPayload) }),
  z.object({ type: z.literal("close"), reason: EndReason, message: z.string() }),
  z.object({ type: z.literal("ingest"), app: App, spec: Ingest }),
  z.object({ type: z.literal("candidates"), candidates: z.array(z.string()) }),
  z.object({ type: z.literal("tee"), state: z.enum(["on", "off"]) }),
]);

/** Reads one message; the fault is a sentence. Never throws. */
export function readToRoom(
  value: unknown,
): { readonly message: ToRoom } | { readonly fault: string } {
  const read = ToRoomMessage.safeParse(value);
  if (read.success) return { message: read.data };
  const where = read.error.issues[0]?.path.join(".") ?? "";
  return {
    fault: `Cannot read a message of the worker: "${where}" is not what this release knows`,
  };
}

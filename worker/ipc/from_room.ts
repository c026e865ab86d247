/**
 * Reads what a room process says to the worker's main process. Native code runs in a room, so nothing of it is taken
 * unread, and a room sends messages about itself and its own sessions alone.
 *
 * @module
 */
import * as z from "zod/mini";
import { IngestStats } from "../../protocol/field/ingest.ts";
import type { AppId, RoomId, SessionId } from "../../protocol/ids.ts";
import { MAX_MESSAGE_LENGTH } from "../../protocol/leg.ts";
import { type FromWorker, fromWorker } from "../../protocol/legs/worker_leg.ts";
import { Recording, RecordingEnd } from "../../protocol/recording/recording.ts";
import type { FromRoom } from "../room/ipc.ts";
import { StoreRequest } from "../saves/relay/messages.ts";

/** The messages of the worker leg that a room sends; all others are the worker's own. */
const OF_ROOMS: ReadonlySet<FromWorker["type"]> = new Set([
  "webrtc.offer",
  "webrtc.candidate",
  "webrtc.init.response",
  "webrtc.preconnect.response",
  "webrtc.restart.response",
  "webrtc.answer.response",
  "webrtc.candidate.response",
  "app.start.response",
  "app.quit.response",
  "session.media",
  "session.ended",
  "room.opened",
  "room.changed",
  "room.closed",
  "room.record.response",
  "seat.request",
  "vehicle.failsafe",
  "saves.changed",
]);

/** Longest small picture, in characters of base64. */
const MAX_STILL = 400_000;
const Port = z.int().check(z.gte(1), z.lte(65_535));
const Sentence = z.string().check(z.maxLength(2_000));

const Live = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("bound"),
    ports: z.array(Port).check(z.maxLength(16)),
    answer: z.optional(z.string().check(z.maxLength(64 * 1024))),
  }),
  z.object({
    type: z.literal("stats"),
    stats: z.omit(IngestStats, { stream_id: true, egress: true, still: true }),
  }),
  z.object({ type: z.literal("still"), jpeg: z.string().check(z.maxLength(MAX_STILL)) }),
  z.object({ type: z.literal("failed"), error: Sentence, isLeft: z.optional(z.boolean()) }),
]);

const Own = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("alive"), memory: z.number().check(z.gte(0)) }),
  z.object({ type: z.literal("live"), event: Live }),
  z.object({ type: z.literal("recording"), about: Recording, end: z.optional(RecordingEnd) }),
]);

const Relayed = z.object({ type: z.literal("message"), message: z.unknown() });

/**
 * A message, and how long it is for the coordinator in characters, or why it is none: a sentence without what it held.
 */
export type Read =
  | { readonly message: FromRoom; readonly length: number }
  | { readonly fault: string };

/** Reads one message. Never throws. */
export function readFromRoom(value: unknown): Read {
  const relayed = Relayed.safeParse(value).data;
  if (relayed) return readRelayed(relayed.message);
  const message = Own.safeParse(value).data ?? StoreRequest.safeParse(value).data;
  if (message) return { message, length: 0 };
  return { fault: `Cannot read a message of a room of the type ${typeOf(value)}` };
}

function readRelayed(value: unknown): Read {
  const read = fromWorker.read(value);
  if (!read.ok) return { fault: `Cannot read a message of a room: ${read.refusal.message}` };
  const { message } = read;
  if (OF_ROOMS.has(message.type)) {
    const { length } = fromWorker.encode(message);
    if (length <= MAX_MESSAGE_LENGTH) return { message: { type: "message", message }, length };
    return { fault: `Refused ${message.type} of a room process: it has ${length} characters` };
  }
  return { fault: `Refused ${message.type} of a room process: it is the worker's own message` };
}

/** Whether a message of a room is about another room, a session that is in another one, or an app of another room. */
export function isAboutOthers(
  { type, payload }: FromWorker,
  { room, apps, isElsewhere }: {
    readonly room: RoomId;
    /** Those that the worker had the room start. */
    readonly apps: ReadonlySet<AppId>;
    readonly isElsewhere: (session: SessionId) => boolean;
  },
): boolean {
  if (type === "saves.changed") return payload.apps.some((app) => !apps.has(app));
  if ("room" in payload && payload.room.room_id !== room) return true;
  if ("room_id" in payload && payload.room_id !== room) return true;
  // Those of a room that ended.
  if ("reason" in payload && "sessions" in payload) return payload.sessions.some(isElsewhere);
  return "session_id" in payload && isElsewhere(payload.session_id);
}

function typeOf(value: unknown): string {
  const type = typeof value === "object" && value !== null && "type" in value && value.type;
  return typeof type === "string" ? JSON.stringify(type.slice(0, 40)) : "none";
}

/**
 * The messages between the worker's main process and a room process, over the child's IPC pipe. A message that concerns
 * a session is a message of the worker leg and passes unchanged, so it is declared once. Each end reads what the other
 * says by the schemas of `worker/ipc/`.
 *
 * @module
 */
import type { Hardware } from "../../media/ports.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { IngestSpec, SourceSpec } from "../sources/ports.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { App, EndReason } from "../../protocol/legs/room.ts";
import type { FromWorker, TakeOver, ToWorker } from "../../protocol/legs/worker_leg.ts";
import type { MemoryTrouble } from "../../protocol/room_state/components.ts";
import type { StoreAnswer, StoreRequest } from "../saves/relay/messages.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";
import type {
  RecordingReport,
  RecordingSettings,
  RecordMessage,
  RecordSpace,
} from "../recording/ports.ts";

/** The settings of a room, sent once, when a spare process becomes a room. */
export interface RoomSettings {
  readonly roomId: string;
  /** How often the room was moved to another worker; 0 when absent. */
  readonly generation?: number;
  readonly workerId: string;
  readonly zone: string;
  /** IP addresses offered as ICE host candidates besides those of the interfaces. */
  readonly extraAddresses: readonly string[];
  /** Whether those of the interfaces are left out. */
  readonly onlyExtraAddresses?: boolean;
  /** First and last UDP port for media, inclusive; any port when absent. */
  readonly portRange?: readonly [number, number];
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
  /** What encodes H.264; software when absent. */
  readonly hardware?: Hardware;
  /** Absolute path of the folder of saved states. */
  readonly savesFolder: string;
  /** The worker keeps them elsewhere: the folder is where their bytes pass. */
  readonly relaysSaves?: boolean;
  /** How recordings are made; absent: there are none. */
  readonly recordings?: RecordingSettings;
  /** Whom the state in which the room is left belongs to; the first saves. Absent: no such state is saved. */
  readonly holders?: readonly string[];
}

/** Reports of a room's field stream to the worker. */
export type LiveEvent =
  /** The stream is received at these UDP ports, or `answer` answers the offer of its publisher. */
  | { readonly type: "bound"; readonly ports: number[]; readonly answer?: string | undefined }
  /** Once a second. */
  | { readonly type: "stats"; readonly stats: Omit<IngestStats, "stream_id" | "egress" | "still"> }
  /** A small picture of its newest keyframe: a JPEG in base64. */
  | { readonly type: "still"; readonly jpeg: string }
  /** The thread could not listen, or listens no longer; `error` is a sentence. The room closes after it. `isLeft`: the publisher's connection ended. */
  | { readonly type: "failed"; readonly error: string; readonly isLeft?: boolean | undefined };

/** A room of another worker that goes on; `seats` are kept for their sessions. */
export interface TakenOver {
  readonly app: App;
  readonly spec: SourceSpec;
  readonly seats: TakeOver["seats"];
}

/** Messages to a room process. */
export type ToRoom =
  /** This process becomes a room. Of the sessions that are connected to it, `keeps` stays connected. */
  | { readonly type: "configure"; readonly settings: RoomSettings; readonly keeps?: SessionId }
  /** A session is to be connected to this process, which is the spare. `settings` are those of the room it will be. */
  | {
    readonly type: "preconnect";
    readonly settings: RoomSettings;
    readonly message: Extract<ToWorker, { type: "webrtc.preconnect" }>;
  }
  /** A message of a session. */
  | { readonly type: "message"; readonly message: ToWorker }
  /** What a session may do in this room. The worker has checked the signature. */
  | { readonly type: "pass"; readonly pass: SessionPass }
  /** `app.start` with the app's entry in the worker's library. */
  | {
    readonly type: "start";
    readonly message: Extract<ToWorker, { type: "app.start" }>;
    readonly app: App;
    readonly spec: SourceSpec;
  }
  /** Go on with a room of another worker; `seats` are kept for their sessions. */
  | ({ readonly type: "take_over" } & TakenOver)
  /** The answer to a request about saves. */
  | StoreAnswer
  /** The memory of its cartridge may not be the newest; without `trouble` it is. */
  | { readonly type: "memory"; readonly trouble?: MemoryTrouble }
  /** Record the room, or stop. */
  | RecordMessage
  /** Whether there is space for recordings. */
  | RecordSpace
  /** Close the room; the end is reported to every session with the reason. */
  | { readonly type: "close"; readonly reason: EndReason; readonly message: string }
  /** Receive a field stream until `close`, also without a session. */
  | { readonly type: "ingest"; readonly app: App; readonly spec: IngestSpec }
  /** Later candidates of the stream's publisher. */
  | { readonly type: "candidates"; readonly candidates: readonly string[] }
  /** Switches sending of the field stream's transport packets through the packet pipe on or off. */
  | { readonly type: "tee"; readonly state: "on" | "off" };

/** Messages from a room process. */
export type FromRoom =
  /** The process receives messages; it makes its first peer connection in advance from now on. */
  | { readonly type: "ready" }
  /** Sent every second, so that a hang is detected. */
  /** `memory`: resident memory of the process, in bytes. */
  | { readonly type: "alive"; readonly memory: number }
  | { readonly type: "message"; readonly message: FromWorker }
  /** A request about saves that the worker keeps elsewhere. */
  | StoreRequest
  | { readonly type: "live"; readonly event: LiveEvent }
  | RecordingReport;

/** The messages of rooms that are closed from outside, by reason. */
const CLOSED: Partial<Record<EndReason, string>> = {
  left: "Nobody came back to the room",
  place_needed: "Nobody was in the room, and another player needed the place",
  operator: "An operator closed the room",
  drained: "This worker is being taken out of service",
  source_ended: "The stream ended",
};

/** The message that closes a room. */
export function closing(reason: EndReason) {
  return { type: "close", reason, message: CLOSED[reason] ?? "The room was closed" } as const;
}

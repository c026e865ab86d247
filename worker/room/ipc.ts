/**
 * The messages between the worker's main process and a room process, over the child's IPC pipe. What concerns a
 * session is a message of the worker leg, so it is declared once and passes through unchanged. Both ends are one
 * program, so these are types and not schemas.
 *
 * @module
 */
import type { EgressDestination, IngestStats } from "../../protocol/field/ingest.ts";
import type { IngestSpec, SourceSpec } from "../sources/ports.ts";
import type { App, EndReason } from "../../protocol/legs/room.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";

/** Sent once, when a spare process becomes a room. */
export interface RoomSettings {
  readonly roomId: string;
  readonly workerId: string;
  readonly zone: string;
  /** Offered as ICE host candidates besides the interfaces' own addresses. */
  readonly extraAddresses: readonly string[];
  readonly portRange?: readonly [number, number];
  readonly targetHeight: number;
  /** Absolute path of the folder of saved states. */
  readonly savesFolder: string;
}

/** What a room's field stream reports to the worker. */
export type LiveEvent =
  /** It listens at these UDP ports. */
  | { readonly type: "bound"; readonly ports: number[] }
  /** Once a second. */
  | { readonly type: "stats"; readonly stats: Omit<IngestStats, "stream_id"> }
  /** It could not listen, or stopped to; `error` is a sentence. The room closes after it. */
  | { readonly type: "failed"; readonly error: string };

export type ToRoom =
  | { readonly type: "configure"; readonly settings: RoomSettings }
  | { readonly type: "message"; readonly message: ToWorker }
  /** `app.start` with what the worker's library knows of the app. */
  | {
    readonly type: "start";
    readonly message: Extract<ToWorker, { type: "app.start" }>;
    readonly app: App;
    readonly spec: SourceSpec;
  }
  /** Close the room; every session in it is told the reason. */
  | { readonly type: "close"; readonly reason: EndReason; readonly message: string }
  /** Receive a field stream until `close`, whether or not a session is there. */
  | { readonly type: "ingest"; readonly app: App; readonly spec: IngestSpec }
  /** Send the field stream on to these destinations and to no others. */
  | { readonly type: "destinations"; readonly destinations: readonly EgressDestination[] };

export type FromRoom =
  /** The process listens; it warms up its first peer connection from now on. */
  | { readonly type: "ready" }
  /** Every second: it does not hang. */
  | { readonly type: "alive" }
  | { readonly type: "message"; readonly message: FromWorker }
  | { readonly type: "live"; readonly event: LiveEvent };

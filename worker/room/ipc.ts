/**
 * What the worker's main process and a room process say to each other, over the child's IPC pipe. Everything
 * that concerns a session is a message of the worker leg, so it is declared once and passes through unchanged.
 *
 * @module
 */
import type { IngestSpec, SourceSpec } from "../sources/ports.ts";
import type { App, EndReason } from "../../protocol/legs/room.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";

/** Told once, when a spare process becomes a room. */
export interface RoomSettings {
  readonly roomId: string;
  readonly workerId: string;
  readonly zone: string;
  /** Offered as ICE host candidates besides the interfaces' own addresses. */
  readonly extraAddresses: readonly string[];
  readonly portRange?: readonly [number, number];
  readonly minHeight: number;
  /** Where saves are kept. */
  readonly savesFolder: string;
}

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
  /** End everything, with a reason that everybody in the room is told. */
  | { readonly type: "close"; readonly reason: EndReason; readonly message: string }
  /** Receive a field stream: the room runs it until it is told to close. */
  | { readonly type: "ingest"; readonly app: App; readonly spec: IngestSpec };

export type FromRoom =
  /** The process listens; it warms up its first peer connection from now on. */
  | { readonly type: "ready" }
  /** Every second: it does not hang. */
  | { readonly type: "alive" }
  | { readonly type: "message"; readonly message: FromWorker };

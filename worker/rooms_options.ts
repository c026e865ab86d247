/**
 * The settings and the dependencies of the rooms of a worker.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import type { RoomId } from "../protocol/ids.ts";
import type { App, EndReason } from "../protocol/legs/room.ts";
import type { FromWorker, ToCoordinator } from "../protocol/legs/worker_leg.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { LiveEvent, RoomSettings } from "./room/ipc.ts";
import type { StartRoomProcess } from "./room_process.ts";
import type { SourceSpec } from "./sources/ports.ts";

/** The settings and the dependencies of rooms. */
export interface RoomsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Most rooms that run at once, besides those of field streams. */
  readonly capacity: number;
  readonly settings: Omit<RoomSettings, "roomId" | "holders">;
  readonly start: StartRoomProcess;
  /** The library's entry of an app. */
  readonly find: (app: string) => { readonly app: App; readonly spec: SourceSpec } | undefined;
  /** Sends a message of the worker to the coordinator. */
  readonly report: ToCoordinator;
  /** Passes a message of a room to the coordinator. */
  relay(message: FromWorker): void;
  readonly fieldRooms: FieldRoomListener;
}

/** Reports of the rooms that run without a session, which receive field streams. */
export interface FieldRoomListener {
  /** The room's field stream sent a report. */
  live(room: RoomId, event: LiveEvent): void;
  /** Whole transport packets of the room's field stream. */
  packets(room: RoomId, bytes: Uint8Array): void;
  /** The room says that it is closed; its process goes next. */
  closed(room: RoomId, end: { reason: EndReason; message: string }): void;
  /** The room's process has ended. `how`: the end of the sentence "Its process ended …". */
  gone(room: RoomId, how: string): void;
}

/**
 * The socket of a worker, and the events of the registry of workers.
 *
 * @module
 */
import type { CloseCode } from "../protocol/close.ts";
import type { SessionId, WorkerId } from "../protocol/ids.ts";
import type { Room } from "../protocol/legs/room.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import type { FromWorker, ToWorker } from "../protocol/legs/worker_leg.ts";

/** The content of a worker's hello. */
export type Hello = Extract<FromWorker, { type: "worker.hello" }>["payload"];
/** The content of a worker's status report. */
export type Status = Extract<FromWorker, { type: "worker.status" }>["payload"];

/** The socket of a worker. `send` returns false when the message could not be sent. */
export interface WorkerConnection {
  send(message: ToWorker): boolean;
  close(code: CloseCode, reason: string): void;
}

/** A room as its worker ran it, and as it goes on. */
export interface RoomMove {
  readonly before: Room;
  readonly after: Room;
}

/** Handles the events of the registry of workers. */
export interface WorkersListener {
  /**
   * A worker connected or reconnected. `sessions` are all sessions that it serves; `resumed`: the rooms that it is to go on
   * with, because it was started anew.
   */
  arrived(
    worker: WorkerId,
    sessions: Hello["sessions"],
    resumed: readonly RoomMove[],
  ): void;
  /** A worker reported a room of which another one held an earlier generation. It is the room's worker now. */
  overtaken(room: Room): void;
  /** A worker disconnected. Its rooms may go on. */
  unseen(worker: WorkerId): void;
  /** A worker did not reconnect in time. Its rooms were closed before. */
  lost(worker: WorkerId): void;
  /** A worker says whom a room that it opened belongs to. The room is known, and its change is reported next. */
  roomOwned(worker: WorkerId, room: Room, owner: RoomOwner): void;
  /** A room opened, changed or closed (then `state` is `closed`). */
  roomChanged(room: Room): void;
  /** The apps of a worker changed. `worker` is given when it reported the change. */
  libraryChanged(worker?: WorkerId): void;
  /** A place may have become free. */
  placeFreed(): void;
  /** The lease of a session expired, because the session started no app. */
  leaseExpired(session: SessionId): void;
}

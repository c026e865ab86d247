/**
 * The coordinator's state of a room: the worker's newest report, and whether the worker is connected.
 *
 * ```text
 *  open ◀──▶ kept, draining ────────▶ closed(reason)
 *    └─────────┴─ worker away for UNSEEN_GRACE ─────▶ closed(worker_lost)
 * ```
 *
 * A dropped socket is not a transition: the worker may still run the room and reconnect.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { EndReason, Room } from "../../protocol/legs/room.ts";

/** How long the rooms of a worker that is not connected are kept, in milliseconds. */
export const UNSEEN_GRACE = 30_000;

/** The state of a room. */
export type RoomRecord =
  | {
    readonly state: "open" | "kept" | "draining";
    /** The worker's newest report. */
    readonly room: Room;
    /** When the worker's connection was lost; `undefined` while it is connected. */
    readonly unseenSince: Millis | undefined;
  }
  | { readonly state: "closed"; readonly room: Room; readonly reason: EndReason };

/** An event that may change the state of a room. */
export type RoomEvent =
  | { readonly type: "reported"; readonly room: Room }
  | { readonly type: "unseen" }
  | { readonly type: "closed"; readonly reason: EndReason }
  | { readonly type: "tick" };

/** The state of a room that its worker reports for the first time. */
export function opened(room: Room): RoomRecord {
  if (room.state === "closed") return closed(room, "source_ended");
  return { state: room.state, room, unseenSince: undefined };
}

/** The state after an event; the same object when nothing changes. */
export function step(record: RoomRecord, event: RoomEvent, now: Millis): RoomRecord {
  if (record.state === "closed") return record;
  switch (event.type) {
    case "reported":
      return opened(event.room);
    case "unseen":
      return record.unseenSince === undefined ? { ...record, unseenSince: now } : record;
    case "closed":
      return closed(record.room, event.reason);
    case "tick": {
      const { unseenSince } = record;
      const lost = unseenSince !== undefined && now - unseenSince >= UNSEEN_GRACE;
      return lost ? closed(record.room, "worker_lost") : record;
    }
  }
}

/** How many of these rooms are kept for the return of their players. */
export function keptCount(records: Iterable<RoomRecord>): number {
  return [...records].filter(({ state }) => state === "kept").length;
}

function closed(room: Room, reason: EndReason): RoomRecord {
  return { state: "closed", room: { ...room, state: "closed" }, reason };
}

/**
 * A room as the coordinator knows it: what its worker said last, and whether that worker can be heard.
 *
 * ```text
 *  open ──▶ draining ──────────────▶ closed(reason)
 *    └────────┴─ worker unheard for UNSEEN_GRACE ──▶ closed(worker_lost)
 * ```
 *
 * A dropped socket is not a transition: unseen is not dead.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { EndReason, Room } from "../../protocol/legs/room.ts";

/** How long rooms of a worker that cannot be heard are kept, in milliseconds. */
export const UNSEEN_GRACE = 30_000;

export type RoomRecord =
  | {
    readonly state: "open" | "draining";
    /** The worker's newest word. */
    readonly room: Room;
    /** Since when its worker cannot be heard; `undefined` while it can. */
    readonly unseenSince: Millis | undefined;
  }
  | { readonly state: "closed"; readonly room: Room; readonly reason: EndReason };

export type RoomEvent =
  | { readonly type: "reported"; readonly room: Room }
  | { readonly type: "unseen" }
  | { readonly type: "closed"; readonly reason: EndReason }
  | { readonly type: "tick" };

/** A room as its worker first tells of it. */
export function opened(room: Room): RoomRecord {
  if (room.state === "closed") return closed(room, "source_ended");
  return { state: room.state, room, unseenSince: undefined };
}

/** What `record` becomes. The same object when nothing changes. */
export function step(record: RoomRecord, event: RoomEvent, now: Millis): RoomRecord {
  if (record.state === "closed") return record;
  switch (event.type) {
    case "reported":
      return opened(record.state === "draining" ? stillDraining(event.room) : event.room);
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

/** Draining is not taken back. */
function stillDraining(room: Room): Room {
  return room.state === "open" ? { ...room, state: "draining" } : room;
}

function closed(room: Room, reason: EndReason): RoomRecord {
  return { state: "closed", room: { ...room, state: "closed" }, reason };
}

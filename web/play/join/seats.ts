/**
 * The seats of a room for display: the players, the open seats, the watchers.
 *
 * @module
 */
import type * as z from "zod/mini";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Room } from "../../../protocol/legs/room.ts";

/** The room as the coordinator describes it to players. */
export type RoomView = z.infer<typeof Room>;

/** One seat for display. */
export interface SeatView {
  readonly seat: number;
  /** `P1` for seat 0. */
  readonly name: string;
  readonly who: "you" | "open" | "taken" | "away";
}

/** The seats of `room` as the player of the session `self` sees them; empty without a room. */
export function seatsOf(
  room: RoomView | undefined,
  self: SessionId | undefined,
): readonly SeatView[] {
  return (room?.seats ?? []).map(({ seat, session_id, connected }) => {
    const name = `P${seat + 1}`;
    if (session_id === undefined) return { seat, name, who: "open" };
    if (session_id === self) return { seat, name, who: "you" };
    return { seat, name, who: connected ? "taken" : "away" };
  });
}

/** The seat this browser holds. */
export function ownSeat(seats: readonly SeatView[]): SeatView | undefined {
  return seats.find(({ who }) => who === "you");
}

/** The number of watchers: viewers without a seat, this browser included. */
export function watchers(room: RoomView | undefined): number {
  const seated = room?.seats.filter(({ session_id, connected }) => session_id && connected) ?? [];
  return Math.max(0, (room?.viewers ?? 0) - seated.length);
}

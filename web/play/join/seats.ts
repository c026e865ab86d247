/**
 * A room for display: the players, the open seats, the watchers. Who is in the room sees what its document says; before
 * that, what the coordinator says.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type * as z from "zod/mini";
import type { SessionId } from "../../../protocol/ids.ts";
import type { App, Room } from "../../../protocol/legs/room.ts";
import type { JoinedRoom } from "../media/room_lane.ts";

/** The room as the coordinator describes it to players. */
export type RoomView = z.infer<typeof Room>;

/** One seat for display. */
export interface SeatView {
  readonly seat: number;
  /** `P1` for seat 0. */
  readonly name: string;
  readonly who: "you" | "open" | "taken" | "away";
  /** A further seat of its holder, for another gamepad. */
  readonly further?: boolean;
}

/** The room with what its document knows better. */
export function withDocument(
  room: RoomView | undefined,
  joined: JoinedRoom | undefined,
): RoomView | undefined {
  if (!room || joined?.room.app.app_id !== room.app_id) return room;
  const viewers = joined.room.people.filter(({ connected }) => connected).length;
  return { ...room, paused: joined.room.app.paused, viewers };
}

/** Whether a room sends no picture while nothing in it moves, as a desktop does. */
export function isStill(
  room: RoomView | undefined,
  { apps }: { readonly apps: ReadonlySignal<readonly App[]> },
): boolean {
  return apps.value.find(({ app_id }) => app_id === room?.app_id)?.kind === "desktop";
}

/** The seats of `room` as the player of the session `self` sees them; empty without a room. */
export function seatsOf(
  room: RoomView | undefined,
  self: SessionId | undefined,
  joined?: JoinedRoom,
): readonly SeatView[] {
  if (room && joined) return seatsInDocument(joined);
  return (room?.seats ?? []).map(({ seat, session_id, connected, further = false }) => {
    const name = `P${seat + 1}`;
    if (session_id === undefined) return { seat, name, who: "open" };
    if (session_id === self) return { seat, name, who: "you", ...(further && { further }) };
    return { seat, name, who: connected ? "taken" : "away" };
  });
}

function seatsInDocument({ room, you }: JoinedRoom): readonly SeatView[] {
  return room.seats.map(({ seat, holder, further }) => {
    const name = `P${seat + 1}`;
    if (holder === undefined) return { seat, name, who: "open" };
    if (holder === you) return { seat, name, who: "you", ...(further && { further }) };
    const person = room.people.find(({ id }) => id === holder);
    return { seat, name, who: person?.connected ? "taken" : "away" };
  });
}

/** The first seat that this browser holds. */
export function ownSeat(seats: readonly SeatView[]): SeatView | undefined {
  return seats.find(({ who, further }) => who === "you" && !further);
}

/** The number of watchers: viewers without a seat, this browser included. */
export function watchers(room: RoomView | undefined, joined?: JoinedRoom): number {
  if (room && joined) {
    const { seats, people } = joined.room;
    const watching = people.filter(({ id }) => seats.every(({ holder }) => holder !== id));
    return watching.filter(({ connected }) => connected).length;
  }
  const seated =
    room?.seats.filter(({ session_id, connected, further }) =>
      session_id && connected && !further
    ) ?? [];
  return Math.max(0, (room?.viewers ?? 0) - seated.length);
}

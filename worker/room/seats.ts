/**
 * Who sits where in a room. Pure: every change returns the new table.
 *
 * @module
 */
import type { SessionId } from "../../protocol/ids.ts";

/** One entry a seat; `undefined` is an open one. */
export type Seats = readonly (SessionId | undefined)[];

/** Why a seat cannot be taken. */
export interface SeatRefusal {
  readonly code: "seat.taken" | "seat.unknown";
  readonly error: string;
  /** The seat that was asked for, from 0, and how many there are. */
  readonly seat: number;
  readonly seats: number;
}

export function openSeats(count: number): Seats {
  return Array.from({ length: count }, () => undefined);
}

export function seatOf(seats: Seats, session: SessionId): number | undefined {
  const seat = seats.indexOf(session);
  return seat < 0 ? undefined : seat;
}

/** Gives the first open seat, or keeps the one held; a full table is unchanged: the session watches. */
export function claim(seats: Seats, session: SessionId): Seats {
  if (seats.includes(session)) return seats;
  const free = seats.indexOf(undefined);
  return free < 0 ? seats : seats.with(free, session);
}

export function leave(seats: Seats, session: SessionId): Seats {
  return seats.includes(session) ? seats.map((s) => s === session ? undefined : s) : seats;
}

/** Moves to `seat`, or off the seats when it is `undefined`; a seat that is taken or not there is refused. */
export function change(
  seats: Seats,
  { session, seat }: { session: SessionId; seat: number | undefined },
): Seats | SeatRefusal {
  if (seat === undefined) return leave(seats, session);
  if (seat >= seats.length) {
    const error = `Cannot take seat P${seat + 1}: the room has ${seats.length}`;
    return { code: "seat.unknown", error, seat, seats: seats.length };
  }
  const holder = seats[seat];
  if (holder !== undefined && holder !== session) {
    const error = `Cannot take seat P${seat + 1}: another player has it`;
    return { code: "seat.taken", error, seat, seats: seats.length };
  }
  return leave(seats, session).with(seat, session);
}

/**
 * The table of sessions by seat of a room. Pure: every change returns the new table.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";

/** The session in each seat, from 0; `undefined`: the seat is open. */
export type Seats = readonly (SessionId | undefined)[];

/** Why a seat cannot be taken. */
export interface SeatRefusal {
  readonly code: "seat.taken" | "seat.unknown";
  readonly error: string;
  /** The requested seat, from 0, and the number of seats. */
  readonly seat: number;
  readonly seats: number;
}

/** A table of `count` open seats. */
export function openSeats(count: number): Seats {
  return Array.from({ length: count }, () => undefined);
}

/** The seat of a session, from 0; `undefined` when it holds none. */
export function seatOf(seats: Seats, session: SessionId): number | undefined {
  const seat = seats.indexOf(session);
  return seat < 0 ? undefined : seat;
}

/**
 * Gives the first open seat that is not locked to a session. A session that holds one keeps it; without an open seat
 * nothing changes.
 */
export function claim(seats: Seats, session: SessionId, locked?: ReadonlySet<number>): Seats {
  if (seats.includes(session)) return seats;
  const free = seats.findIndex((holder, seat) => holder === undefined && !locked?.has(seat));
  return free < 0 ? seats : seats.with(free, session);
}

/** Frees the seat of a session. */
export function leave(seats: Seats, session: SessionId): Seats {
  return seats.includes(session) ? seats.map((s) => s === session ? undefined : s) : seats;
}

/** Moves a session to `seat`, or off the seats with `undefined`. A seat that is held or does not exist is refused. */
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

/**
 * The table of sessions by seat of a room. A session has a first seat, and further ones for further pads at the same
 * machine. Pure: every change returns the new table.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";

/** The session in each seat, from 0; `undefined`: the seat is open. */
export type Seats = readonly (SessionId | undefined)[];

/** Who sits where. Whoever holds a seat holds exactly one that is not a further one. */
export interface Table {
  readonly seats: Seats;
  /** The seats that are further ones of their holders. */
  readonly further: ReadonlySet<number>;
}

/** Why a seat cannot be taken. */
export interface SeatRefusal {
  readonly code: "seat.taken" | "seat.unknown";
  readonly error: string;
  /** The requested seat, from 0, and the number of seats. */
  readonly seat: number;
  readonly seats: number;
}

/** A table of `count` open seats. */
export function openTable(count: number): Table {
  return { seats: Array.from({ length: count }, () => undefined), further: new Set() };
}

/** The first seat of a session, from 0; `undefined` when it holds none. */
export function seatOf({ seats, further }: Table, session: SessionId): number | undefined {
  const seat = seats.findIndex((holder, at) => holder === session && !further.has(at));
  return seat < 0 ? undefined : seat;
}

/** All seats of a session. */
export function seatsOf({ seats }: Table, session: SessionId): readonly number[] {
  return seats.flatMap((holder, seat) => holder === session ? [seat] : []);
}

/**
 * Gives the first open seat that is not locked to a session. A session that holds one keeps it; without an open seat
 * nothing changes.
 */
export function claim(table: Table, session: SessionId, locked?: ReadonlySet<number>): Table {
  const { seats } = table;
  if (seats.includes(session)) return table;
  const free = seats.findIndex((holder, seat) => holder === undefined && !locked?.has(seat));
  return free < 0 ? table : { ...table, seats: seats.with(free, session) };
}

/** Frees all seats of a session. */
export function leave(table: Table, session: SessionId): Table {
  return seatsOf(table, session).reduce(vacate, table);
}

/** Frees a seat. Where it was the first one of its holder, the lowest further one becomes the first. */
export function vacate(table: Table, seat: number): Table {
  const holder = table.seats[seat];
  if (holder === undefined) return table;
  const seats = table.seats.with(seat, undefined);
  const further = new Set(table.further);
  if (!further.delete(seat)) further.delete(seats.indexOf(holder));
  return { seats, further };
}

/**
 * Moves the first pad of a session to `seat`, or takes all its seats with `undefined`. A seat that another session holds
 * or that does not exist is refused; on a further seat of its own the two change places.
 */
export function change(
  table: Table,
  { session, seat }: { session: SessionId; seat: number | undefined },
): Table | SeatRefusal {
  if (seat === undefined) return leave(table, session);
  const refusal = whyNot(table.seats, seat);
  if (refusal && table.seats[seat] !== session) return refusal;
  const first = seatOf(table, session);
  if (first === seat) return table;
  if (!refusal) {
    const seats = first === undefined ? table.seats : table.seats.with(first, undefined);
    return { ...table, seats: seats.with(seat, session) };
  }
  const further = new Set(table.further);
  further.delete(seat);
  if (first !== undefined) further.add(first);
  return { ...table, further };
}

/** Gives an open seat to a session that holds one, as a further seat. */
export function add(
  table: Table,
  { session, seat }: { session: SessionId; seat: number },
): Table | SeatRefusal {
  return whyNot(table.seats, seat) ?? {
    seats: table.seats.with(seat, session),
    further: new Set(table.further).add(seat),
  };
}

function whyNot(seats: Seats, seat: number): SeatRefusal | undefined {
  if (seat < seats.length && seats[seat] === undefined) return undefined;
  const [code, why] = seat < seats.length
    ? ["seat.taken", "another player has it"] as const
    : ["seat.unknown", `the room has ${seats.length}`] as const;
  return { code, error: `Cannot take seat P${seat + 1}: ${why}`, seat, seats: seats.length };
}

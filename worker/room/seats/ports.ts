/**
 * The interface of what keeps the seats of a room: pads for players, or a driver for a vehicle.
 *
 * @module
 */
import type { ControlMessage } from "../../../protocol/control/control.ts";
import type { RefusalPayload } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import type { Seats } from "./seats.ts";

/** What a viewer sends to what runs in the room. */
export type ControlOfViewer = Extract<ControlMessage, { type: "Control" | "Command" }>;

/** A further seat that a session got, from 0. */
export interface AddedSeat {
  readonly seat: number;
}

/** Keeps the seats of one room, and takes what their holders send. */
export interface SeatKeeper extends Disposable {
  /** The sessions by seat. */
  readonly seats: Seats;
  /** Replaces the seats by `count` open ones. */
  open(count: number): void;
  /** Whether a seat is a further one of its holder. */
  isFurther(seat: number): boolean;
  /** The first seat of a session, from 0; `undefined` for a watcher. */
  seatOf(session: SessionId): number | undefined;
  /** All seats of a session. */
  seatsOf(session: SessionId): readonly number[];
  /** Lets a session hold a seat, if its role lets it play; else frees its seat. */
  allow(session: SessionId, role: RoomRole): void;
  /** Gives a session that enters a seat, if it may have one that is not locked. */
  claim(session: SessionId, locked?: ReadonlySet<number>): void;
  /** Takes the wish of a session for a seat that another one holds, or refuses it. `name`: as of `change`. */
  ask(session: SessionId, seat: number, name?: string | undefined): RefusalPayload | undefined;
  /**
   * Moves the first pad of a session to a seat, or takes all its seats with `null`. Returns a refusal when the seat cannot be taken. `name`:
   * what its person goes by.
   */
  change(
    session: SessionId,
    seat: number | null,
    name?: string | undefined,
  ): RefusalPayload | undefined;
  /** Gives a session that holds a seat a further one: `seat`, or the first that is open and not in `locked`. */
  add(
    session: SessionId,
    which: { readonly seat?: number | undefined; readonly locked: ReadonlySet<number> },
  ): AddedSeat | RefusalPayload;
  /** Frees one seat. Where its holder has others, one of those is its first seat. */
  vacate(seat: number): void;
  /** Frees the seats of a session, which may hold none from now on. */
  leave(session: SessionId): void;
  /** Releases what a session holds: its connection ended. */
  release(session: SessionId): void;
  /** Takes a message of a session, for its first seat or for `further` of it; without that seat it moves nothing. */
  receive(session: SessionId, message: ControlOfViewer, further?: number): void;
  /** Releases what silent holders hold. Call it a few times a second; true: a seat became free. */
  expire(): boolean;
}

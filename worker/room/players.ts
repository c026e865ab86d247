/**
 * The seats of a room and the pads of the sessions that hold them: one table, changed in one place, so that a seat
 * that changes its holder never keeps the former holder's buttons.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { PadState } from "../../protocol/control/pad.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { Pads } from "./pads.ts";
import { change, claim, leave, openSeats, seatOf, type SeatRefusal, type Seats } from "./seats.ts";

export class Players {
  #seats: Seats = openSeats(0);
  readonly #pads: Pads;

  /** `apply` is called whenever the effective pad state of a seat changes. */
  constructor(clock: Clock, apply: (seat: number, pad: PadState) => void) {
    this.#pads = new Pads(clock, apply);
  }

  get seats(): Seats {
    return this.#seats;
  }

  /** Begins anew with so many open seats. */
  open(count: number): void {
    this.#seats = openSeats(count);
  }

  seatOf(session: SessionId): number | undefined {
    return seatOf(this.#seats, session);
  }

  /** Gives a session the first open seat, if there is one and it holds none. */
  claim(session: SessionId): void {
    this.#seats = claim(this.#seats, session);
  }

  /** Moves a session to a seat, or off the seats; the refusal when the seat cannot be had. */
  change(session: SessionId, seat: number | undefined): SeatRefusal | undefined {
    const seats = change(this.#seats, { session, seat });
    if ("error" in seats) return seats;
    this.release(session);
    this.#seats = seats;
    return undefined;
  }

  /** Frees the seat of a session. */
  leave(session: SessionId): void {
    this.release(session);
    this.#seats = leave(this.#seats, session);
  }

  /** Releases all buttons of a session's seat. */
  release(session: SessionId): void {
    const seat = this.seatOf(session);
    if (seat !== undefined) this.#pads.release(seat);
  }

  /** Takes a pad state of a session; without a seat it is ignored. */
  receive(session: SessionId, pad: PadState): void {
    const seat = this.seatOf(session);
    if (seat !== undefined) this.#pads.receive(seat, pad);
  }

  /** Releases the buttons of every silent pad. */
  expire(): void {
    this.#pads.expire();
  }
}

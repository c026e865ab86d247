/**
 * The seats of a room and the pads of the sessions that hold them. Both change together, so that a seat never keeps the
 * pressed buttons of a session that has left it.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { PadState } from "../../../protocol/control/pad.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { roleAllows, type RoomRole } from "../../../protocol/pass.ts";
import { Pads } from "./pads.ts";
import type { ControlOfViewer, SeatKeeper } from "./ports.ts";
import { change, claim, leave, openSeats, seatOf, type Seats } from "./seats.ts";

/** Holds the seats and the pads of one room. */
export class Players implements SeatKeeper {
  #seats: Seats = openSeats(0);
  /** The sessions that may hold a seat. */
  readonly #allowed = new Set<SessionId>();
  readonly #pads: Pads;

  /** `apply` is called whenever the state of a seat's pad changes; seats count from 0. */
  constructor(clock: Clock, apply: (seat: number, pad: PadState) => void) {
    this.#pads = new Pads(clock, apply);
  }

  /** The sessions by seat. */
  get seats(): Seats {
    return this.#seats;
  }

  /** Replaces the seats by `count` open ones. */
  open(count: number): void {
    this.#seats = openSeats(count);
  }

  /** The seat of a session, from 0; `undefined` for a watcher. */
  seatOf(session: SessionId): number | undefined {
    return seatOf(this.#seats, session);
  }

  /** Lets a session hold a seat, if its role lets it play; else frees its seat. */
  allow(session: SessionId, role: RoomRole): void {
    if (!roleAllows(role, "play")) return this.leave(session);
    this.#allowed.add(session);
  }

  /** Gives the first open seat that is not locked to a session that may play and holds none, if there is one. */
  claim(session: SessionId, locked?: ReadonlySet<number>): void {
    if (!this.#allowed.has(session)) return;
    this.#seats = claim(this.#seats, session, locked);
  }

  /** Takes the wish for a seat that is held; refused when there is no such seat. */
  ask(_: SessionId, seat: number): RefusalPayload | undefined {
    if (seat < this.#seats.length) return undefined;
    const text = `Cannot ask for seat P${seat + 1}: the room has ${this.#seats.length}`;
    return refuse("seat.unknown", text, { seat, seats: this.#seats.length });
  }

  /** Moves a session to a seat, or off the seats with `null`. Returns a refusal when the seat cannot be taken. */
  change(session: SessionId, seat: number | null): RefusalPayload | undefined {
    if (seat !== null && !this.#allowed.has(session)) {
      const text = `Cannot take seat P${seat + 1}: this session may only watch`;
      return refuse("role.watcher", text, { seat, seats: this.#seats.length });
    }
    const seats = change(this.#seats, { session, seat: seat ?? undefined });
    if ("error" in seats) {
      const { code, error, ...detail } = seats;
      return refuse(code, error, detail);
    }
    this.release(session);
    this.#seats = seats;
    return undefined;
  }

  /** Frees the seat of a session, which may hold none from now on. */
  leave(session: SessionId): void {
    this.#allowed.delete(session);
    this.release(session);
    this.#seats = leave(this.#seats, session);
  }

  /** Releases all buttons of a session's seat. */
  release(session: SessionId): void {
    const seat = this.seatOf(session);
    if (seat !== undefined) this.#pads.release(seat);
  }

  /** Takes a pad state of a session; without a seat it is ignored. */
  receive(session: SessionId, { type, payload }: ControlOfViewer): void {
    const seat = this.seatOf(session);
    if (seat === undefined || type !== "Control" || !("seq" in payload)) return;
    this.#pads.receive(seat, payload);
  }

  /** Releases the buttons of every silent pad. */
  expire(): void {
    this.#pads.expire();
  }

  [Symbol.dispose](): void {}
}

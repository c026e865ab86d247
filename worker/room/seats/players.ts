/**
 * The seats of a room and the pads of the sessions that hold them. Both change together, so that a seat never keeps the
 * pressed buttons of a session that has left it.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { PadState } from "../../../protocol/control/pad.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { roleAllows, type RoomRole } from "../../../protocol/pass.ts";
import { Pads } from "./pads.ts";
import type { AddedSeat, ControlOfViewer, SeatKeeper } from "./ports.ts";
import {
  add,
  change,
  claim,
  leave,
  openTable,
  seatOf,
  type SeatRefusal,
  type Seats,
  seatsOf,
  type Table,
  vacate,
} from "./seats.ts";

/** A further seat is free again when no pad was sent for it for so long, in milliseconds. */
export const FURTHER_SILENCE = 30_000;

/** Holds the seats and the pads of one room. */
export class Players implements SeatKeeper {
  #table: Table = openTable(0);
  /** When a pad came last for each further seat. */
  readonly #receivedAt = new Map<number, Millis>();
  readonly #clock: Clock;
  /** The sessions that may hold a seat. */
  readonly #allowed = new Set<SessionId>();
  readonly #pads: Pads;

  /** `apply` is called whenever the state of a seat's pad changes; seats count from 0. */
  constructor(clock: Clock, apply: (seat: number, pad: PadState) => void) {
    this.#clock = clock;
    this.#pads = new Pads(clock, apply);
  }

  /** The sessions by seat. */
  get seats(): Seats {
    return this.#table.seats;
  }

  /** Whether a seat is a further one of its holder. */
  isFurther(seat: number): boolean {
    return this.#table.further.has(seat);
  }

  /** Replaces the seats by `count` open ones. */
  open(count: number): void {
    this.#table = openTable(count);
  }

  /** The first seat of a session, from 0; `undefined` for a watcher. */
  seatOf(session: SessionId): number | undefined {
    return seatOf(this.#table, session);
  }

  /** All seats of a session. */
  seatsOf(session: SessionId): readonly number[] {
    return seatsOf(this.#table, session);
  }

  /** Lets a session hold a seat, if its role lets it play; else frees its seat. */
  allow(session: SessionId, role: RoomRole): void {
    if (!roleAllows(role, "play")) return this.leave(session);
    this.#allowed.add(session);
  }

  /** Gives the first open seat that is not locked to a session that may play and holds none, if there is one. */
  claim(session: SessionId, locked?: ReadonlySet<number>): void {
    if (!this.#allowed.has(session)) return;
    this.#table = claim(this.#table, session, locked);
  }

  /** Takes the wish for a seat that is held; refused when there is no such seat. */
  ask(_: SessionId, seat: number): RefusalPayload | undefined {
    if (seat < this.seats.length) return undefined;
    const text = `Cannot ask for seat P${seat + 1}: the room has ${this.seats.length}`;
    return refuse("seat.unknown", text, { seat, seats: this.seats.length });
  }

  /** Moves the first pad of a session to a seat, or takes all its seats with `null`. Returns a refusal when the seat cannot be taken. */
  change(session: SessionId, seat: number | null): RefusalPayload | undefined {
    if (seat !== null && !this.#allowed.has(session)) {
      const text = `Cannot take seat P${seat + 1}: this session may only watch`;
      return refuse("role.watcher", text, { seat, seats: this.seats.length });
    }
    return this.#take(session, change(this.#table, { session, seat: seat ?? undefined }));
  }

  /** Gives a session that holds a seat a further one: `seat`, or the first that is open and not in `locked`. */
  add(
    session: SessionId,
    { seat, locked }: { readonly seat?: number | undefined; readonly locked: ReadonlySet<number> },
  ): AddedSeat | RefusalPayload {
    const { seats } = this;
    if (this.seatOf(session) === undefined) {
      return refuse("seat.needed", "Cannot take a further seat: this session holds none", {});
    }
    const open = seats.flatMap((holder, at) => holder === undefined ? [at] : []);
    const chosen = seat ?? open.find((at) => !locked.has(at));
    if (chosen === undefined) {
      return open.length > 0
        ? refuse("seat.locked", "Cannot take a further seat: those that are open are locked", {
          seat: open[0]!,
        })
        : refuse("seat.none", "Cannot take a further seat: none is open", { seats: seats.length });
    }
    const refusal = this.#take(session, add(this.#table, { session, seat: chosen }));
    if (refusal) return refusal;
    return { seat: chosen };
  }

  /** Frees one seat. */
  vacate(seat: number): void {
    this.#pads.release(seat);
    this.#table = vacate(this.#table, seat);
  }

  /** Frees the seats of a session, which may hold none from now on. */
  leave(session: SessionId): void {
    this.#allowed.delete(session);
    this.release(session);
    this.#table = leave(this.#table, session);
  }

  /** Releases all buttons of a session's seats. */
  release(session: SessionId): void {
    for (const seat of this.seatsOf(session)) this.#pads.release(seat);
  }

  /** Takes a pad state of a session, for its first seat or for `further` of it; without that seat it is ignored. */
  receive(session: SessionId, { type, payload }: ControlOfViewer, further?: number): void {
    const seat = further === undefined ? this.seatOf(session) : this.#own(session, further);
    if (seat === undefined || type !== "Control" || !("seq" in payload)) return;
    if (further !== undefined) this.#receivedAt.set(seat, this.#clock.now());
    this.#pads.receive(seat, payload);
  }

  /** Releases the buttons of every silent pad, and frees silent further seats; whether a seat became free. */
  expire(): boolean {
    this.#pads.expire();
    const now = this.#clock.now();
    const silent = [...this.#table.further]
      .filter((seat) => now - (this.#receivedAt.get(seat) ?? now) >= FURTHER_SILENCE);
    for (const seat of silent) this.vacate(seat);
    return silent.length > 0;
  }

  #own(session: SessionId, seat: number): number | undefined {
    return this.seats[seat] === session && this.isFurther(seat) ? seat : undefined;
  }

  /** Makes a change of a session's seats, unless it is refused; what the session held is released. */
  #take(session: SessionId, changed: Table | SeatRefusal): RefusalPayload | undefined {
    if ("error" in changed) {
      const { code, error, ...detail } = changed;
      return refuse(code, error, detail);
    }
    this.release(session);
    this.#table = changed;
    // A seat that has just become a further one has time for its first pad.
    for (const seat of changed.further) {
      if (changed.seats[seat] === session) this.#receivedAt.set(seat, this.#clock.now());
    }
    return undefined;
  }

  [Symbol.dispose](): void {}
}

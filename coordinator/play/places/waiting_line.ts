/**
 * The sessions that wait for a free place, in the order of their first requests. Its position is reported to each after
 * {@linkcode PLACE_WAIT} and whenever it changes, and waits until it gets a place, leaves or gives up.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";

/** How long a session waits before the answer that there is no place, in milliseconds. */
export const PLACE_WAIT = 3_000;
/** Most sessions that wait. A session beyond that is refused at once. */
const MAX_WAITING = 1_000;
/** How long the position of a session whose socket is gone is kept, in milliseconds. */
export const POSITION_KEPT = 10_000;
/** How often places are looked for and positions reported, in milliseconds. */
const LOOK_EACH = 1_000;

/** What is reported to a waiting session. */
export interface LinePlace {
  readonly waitedMs: number;
  /** 1 for the session that is tried first; `undefined` when it does not wait any longer. */
  readonly position: number | undefined;
}

/** How a session takes part in the line. */
export interface Turn {
  /** When it began to wait. */
  readonly since: Millis;
  /** Tries to get a place. True when the session need not wait any longer. */
  readonly attempt: () => boolean;
  /** Reports to the session where it is in the line. */
  readonly report: (place: LinePlace) => void;
  /** Whether it goes on waiting after {@linkcode PLACE_WAIT}. */
  readonly isPatient: boolean;
}

interface Waiting extends Turn {
  /** The position that was reported to it last. */
  reported: number | undefined;
}

/** The sessions that wait for a place. Disposing it ends its timer. */
export class WaitingLine implements Disposable {
  readonly #clock: Clock;
  #turns = new Map<SessionId, Waiting>();
  /** When the sessions began to wait that left the line and may return to it. */
  readonly #away = new Map<SessionId, { readonly since: Millis; readonly until: Millis }>();
  #looking: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many sessions wait. */
  get size(): number {
    return this.#turns.size;
  }

  /** Whether a session waits. */
  has(session: SessionId): boolean {
    return this.#turns.has(session);
  }

  /**
   * Attempts at once, unless others wait, and again at every {@linkcode retry} and each second. A session that waits
   * already, or was away for less than {@linkcode POSITION_KEPT}, keeps its position.
   */
  enter(session: SessionId, turn: Turn): void {
    if (this.#turns.size === 0 && turn.attempt()) return;
    if (this.#turns.size >= MAX_WAITING && !this.has(session)) {
      return turn.report({ waitedMs: 0, position: undefined });
    }
    this.wait(session, turn);
    // The sessions ahead may wait for places on other workers.
    if (this.#turns.size > 1) this.retry();
  }

  /** Like {@linkcode enter}, without an attempt. Returns the position, which counts as reported. */
  wait(session: SessionId, turn: Turn): number {
    const known = this.#turns.get(session);
    const since = known?.since ?? this.#returning(session) ?? turn.since;
    this.#turns.set(session, { ...turn, since, reported: known?.reported });
    this.#turns = new Map([...this.#turns].sort(([, a], [, b]) => a.since - b.since));
    this.#looking ??= every(this.#clock, LOOK_EACH, () => this.#look());
    return [...this.#turns.keys()].indexOf(session) + 1;
  }

  /** Removes a session from the line. */
  leave(session: SessionId): void {
    if (!this.#turns.delete(session) || this.#turns.size > 0) return;
    this.#looking?.[Symbol.dispose]();
    this.#looking = undefined;
  }

  /** Removes a session whose socket is gone, and keeps its position for a short time. */
  leaveForAWhile(session: SessionId): void {
    const turn = this.#turns.get(session);
    if (!turn) return;
    const now = this.#clock.now();
    for (const [id, { until }] of this.#away) if (now >= until) this.#away.delete(id);
    const until = (now + POSITION_KEPT) as Millis;
    if (this.#away.size < MAX_WAITING) this.#away.set(session, { since: turn.since, until });
    this.leave(session);
  }

  /** Attempts for every waiting session, in the order of their first requests. */
  retry(): void {
    for (const [session, turn] of [...this.#turns]) {
      if (this.#turns.get(session) === turn && turn.attempt()) this.leave(session);
    }
  }

  [Symbol.dispose](): void {
    this.#looking?.[Symbol.dispose]();
  }

  #returning(session: SessionId): Millis | undefined {
    const away = this.#away.get(session);
    this.#away.delete(session);
    return away && this.#clock.now() < away.until ? away.since : undefined;
  }

  #look(): void {
    this.retry();
    const now = this.#clock.now();
    let position = 0;
    for (const [session, turn] of [...this.#turns]) {
      position += 1;
      const waitedMs = now - turn.since;
      if (waitedMs < PLACE_WAIT || turn.reported === position) continue;
      turn.reported = position;
      if (!turn.isPatient) this.leave(session);
      turn.report({ waitedMs, position: turn.isPatient ? position : undefined });
    }
  }
}

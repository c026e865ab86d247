/**
 * The sessions that wait for a free place, in the order of their requests, each for at most {@linkcode PLACE_WAIT}.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { SessionId } from "../../protocol/ids.ts";

/** How long a session waits for a place, in milliseconds. */
export const PLACE_WAIT = 3_000;
/** Most sessions that wait. A session beyond that gives up at once. */
const MAX_WAITING = 1_000;

interface Turn {
  /** Tries to get a place. True when the session need not wait any longer. */
  readonly attempt: () => boolean;
  /** Called when the session got no place in time. */
  readonly gaveUp: (waitedMs: number) => void;
}

/** The sessions that wait for a place. */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #turns = new Map<SessionId, Turn & { readonly timer: Disposable }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a session waits. */
  has(session: SessionId): boolean {
    return this.#turns.has(session);
  }

  /** Attempts at once, and again at every {@linkcode retry}, until an attempt succeeds or the time is over. */
  enter(session: SessionId, turn: Turn): void {
    this.leave(session);
    if (this.#turns.size === 0 && turn.attempt()) return;
    if (this.#turns.size >= MAX_WAITING) return turn.gaveUp(0);
    const since: Millis = this.#clock.now();
    const timer = this.#clock.after(PLACE_WAIT, () => {
      this.leave(session);
      turn.gaveUp(this.#clock.now() - since);
    });
    this.#turns.set(session, { ...turn, timer });
    // The sessions ahead may wait for places on other workers.
    if (this.#turns.size > 1) this.retry();
  }

  /** Removes a session from the line. `gaveUp` is not called. */
  leave(session: SessionId): void {
    this.#turns.get(session)?.timer[Symbol.dispose]();
    this.#turns.delete(session);
  }

  /** Attempts for every waiting session, in the order of their requests. */
  retry(): void {
    for (const [session, { attempt }] of [...this.#turns]) {
      if (this.#turns.has(session) && attempt()) this.leave(session);
    }
  }
}

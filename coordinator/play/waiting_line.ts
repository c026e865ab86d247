/**
 * Sessions that wait for a free place, first come, first served, for a bounded time.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { SessionId } from "../../protocol/ids.ts";

/** How long a place is waited for, in milliseconds. */
export const PLACE_WAIT = 3_000;
/** Who comes when this many wait is told at once that there is no place. */
const MAX_WAITING = 1_000;

interface Turn {
  /** Tries to get a place. */
  readonly attempt: () => boolean;
  readonly gaveUp: (waitedMs: number) => void;
}

export class WaitingLine {
  readonly #clock: Clock;
  readonly #turns = new Map<SessionId, Turn & { readonly timer: Disposable }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(session: SessionId): boolean {
    return this.#turns.has(session);
  }

  /** Attempts at once, and again at every {@linkcode retry}, until it works or the time is over. */
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
    // Who waits ahead may wait for something else.
    if (this.#turns.size > 1) this.retry();
  }

  leave(session: SessionId): void {
    this.#turns.get(session)?.timer[Symbol.dispose]();
    this.#turns.delete(session);
  }

  /** Lets everybody try, in the order they came. */
  retry(): void {
    for (const [session, { attempt }] of [...this.#turns]) {
      if (this.#turns.has(session) && attempt()) this.leave(session);
    }
  }
}

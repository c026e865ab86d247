/**
 * The order in which passwords are hashed. A hash takes 32 MiB and a quarter of a second of one processor, so few are
 * computed at once and a bounded number wait: known browsers first, then the others. When a lane is full, the newest
 * is turned away.
 *
 * @module
 */

/** `known`: a signed-in user, or a browser that signed in to this account before; `other`: everybody else. */
export type Lane = "known" | "other";

/** How many are computed at once. */
const AT_ONCE = 2;
/** How many may wait in each lane. */
export const MAX_WAITING = 64;

/** Hashes that are computed and hashes that wait. */
export class PasswordQueue {
  #running = 0;
  readonly #waiting: Record<Lane, (() => void)[]> = { known: [], other: [] };

  /** Runs `task` in its turn; `undefined` when the lane is full. */
  run<T>(lane: Lane, task: () => Promise<T>): Promise<T> | undefined {
    if (this.#running >= AT_ONCE && this.#waiting[lane].length >= MAX_WAITING) return undefined;
    return this.#inTurn(lane, task);
  }

  async #inTurn<T>(lane: Lane, task: () => Promise<T>): Promise<T> {
    if (this.#running < AT_ONCE) this.#running += 1;
    else await new Promise<void>((resolve) => void this.#waiting[lane].push(resolve));
    try {
      return await task();
    } finally {
      // The next one takes this one's turn, so `#running` stays.
      const next = this.#waiting.known.shift() ?? this.#waiting.other.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

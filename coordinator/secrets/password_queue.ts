/**
 * The order in which passwords are hashed. A hash takes 32 MiB and a quarter of a second of one processor, so few are
 * computed at once and a bounded number wait: known browsers first, then the others. A request is refused when its
 * lane is full, and when it has waited so long that its sender hardly waits any more.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";

/** `known`: a signed-in user, or a browser that signed in to this account before; `other`: all other callers. */
export type Lane = "known" | "other";

/** How many are computed at once. */
const AT_ONCE = 2;
/** How many may wait in each lane. */
export const MAX_WAITING = 64;
/** How long one may wait, in milliseconds. A page waits 30 s for an answer, 15 s of it for the account's turn. */
export const LONGEST_WAIT = 12_000;

interface Waiting {
  readonly since: Millis;
  /** `mayRun`: it is this one's turn; false: it waited too long. */
  readonly resolve: (mayRun: boolean) => void;
}

/** Hashes that are computed and hashes that wait. */
export class PasswordQueue {
  readonly #clock: Clock;
  #running = 0;
  readonly #waiting: Record<Lane, Waiting[]> = { known: [], other: [] };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `task` in its turn; `undefined` when the lane is full, or the turn came too late. */
  async run<T>(lane: Lane, task: () => Promise<T>): Promise<T | undefined> {
    if (!await this.#turn(lane)) return undefined;
    try {
      return await task();
    } finally {
      this.#passOn();
    }
  }

  #turn(lane: Lane): Promise<boolean> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return Promise.resolve(true);
    }
    if (this.#waiting[lane].length >= MAX_WAITING) return Promise.resolve(false);
    const since = this.#clock.now();
    return new Promise((resolve) => void this.#waiting[lane].push({ since, resolve }));
  }

  /** Gives the turn of a task that ended to the next one that has not waited too long. */
  #passOn(): void {
    const { known, other } = this.#waiting;
    for (let next = known.shift() ?? other.shift(); next; next = known.shift() ?? other.shift()) {
      const mayRun = this.#clock.now() - next.since <= LONGEST_WAIT;
      next.resolve(mayRun);
      if (mayRun) return;
    }
    this.#running -= 1;
  }
}

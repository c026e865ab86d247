/**
 * Counts the steps and encoding times of a source thread for the figures of each second.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { ThreadStats } from "./thread_protocol.ts";

/** In milliseconds. */
const PERIOD = 1_000;
/** Most encoding times that are kept for one second; more than the frames of any source. */
const MAX_TIMES = 250;

/** Collects the figures of one source thread. */
export class StepStats {
  readonly #clock: Clock;
  #since: Millis;
  #steps = 0;
  #skipped = 0;
  #times: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** A step was taken; `skipped` frames were skipped before it. */
  step(skipped: number): void {
    this.#steps += 1;
    this.#skipped += skipped;
  }

  /** A picture took this long to encode, in milliseconds. */
  encoded(ms: number): void {
    if (this.#times.length < MAX_TIMES) this.#times.push(ms);
  }

  /** The figures of the last second, or `undefined` while it is not over. */
  take(): ThreadStats | undefined {
    const now = this.#clock.now();
    const elapsed = now - this.#since;
    if (elapsed < PERIOD) return undefined;
    const times = this.#times.sort((a, b) => a - b);
    const stats: ThreadStats = {
      encodeMs: times[times.length >> 1] ?? 0,
      frameRate: this.#steps * 1000 / elapsed,
      skipped: this.#skipped,
    };
    this.#since = now;
    this.#steps = 0;
    this.#skipped = 0;
    this.#times = [];
    return stats;
  }
}

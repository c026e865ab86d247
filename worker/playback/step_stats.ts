/**
 * What a source thread did in the last second.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { ThreadStats } from "./thread_protocol.ts";

const PERIOD = 1_000;
/** Encoding times kept for one second; more than any frame rate we run. */
const MAX_TIMES = 250;

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

  /** A step was taken; `skipped` frames were given up before it. */
  step(skipped: number): void {
    this.#steps += 1;
    this.#skipped += skipped;
  }

  /** A picture took this long to encode, in milliseconds. */
  encoded(ms: number): void {
    if (this.#times.length < MAX_TIMES) this.#times.push(ms);
  }

  /** The figures of the second that is over, or `undefined` while it lasts. */
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

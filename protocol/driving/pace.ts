/**
 * How often something is done: once in a period over several of them, so that what comes soon after a single other one
 * need not wait. Without a clock.
 *
 * @module
 */

/** The pace of one sender. */
export class Pace {
  readonly #period: number;
  /** When nothing of what was done counts any more. */
  #restedAt = -Infinity;

  /** `period` in milliseconds. */
  constructor(period: number) {
    this.#period = period;
  }

  /** When it may be done next: at once after one that came alone, else a period later. */
  get next(): number {
    return this.#restedAt - this.#period;
  }

  /** It was done. */
  done(now: number): void {
    this.#restedAt = Math.max(now, this.#restedAt) + this.#period;
  }
}

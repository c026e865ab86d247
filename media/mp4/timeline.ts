/**
 * The times of a recording. Pictures and sound have RTP timestamps of two clocks that are not compared; each track keeps
 * the spacing of its own, and begins where its first sample arrived.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** A pause of the pictures that is longer than this is left out of the recording, in milliseconds. */
export const LONGEST_PAUSE = 2_000;
/** What is left of such a pause, in milliseconds. */
const LEFT_OF_PAUSE = 40;

/** The time of a recording, which stands still in long pauses. */
export class RecordingTime {
  #begin: number;
  #newest: Millis;

  /** `now`: when its first picture arrived. */
  constructor(now: Millis) {
    this.#begin = now;
    this.#newest = now;
  }

  /** A picture arrived: ends a pause. */
  picture(now: Millis): void {
    const pause = now - this.#newest;
    if (pause > LONGEST_PAUSE) this.#begin += pause - LEFT_OF_PAUSE;
    this.#newest = now;
  }

  /** Milliseconds since the begin, without the pauses that were left out. */
  at(now: Millis): number {
    return Math.min(now, this.#newest + LONGEST_PAUSE) - this.#begin;
  }
}

/** The times of one track, in its ticks. */
export class TrackTime {
  readonly #rate: number;
  readonly #tolerance: number;
  #last: { readonly timestamp: number; readonly ticks: number } | undefined;

  /**
   * `rate`: ticks a second. A timestamp that is further than `tolerance` milliseconds from its arrival begins the spacing
   * anew.
   */
  constructor(rate: number, tolerance: number) {
    this.#rate = rate;
    this.#tolerance = tolerance;
  }

  /** When a sample begins: later than all before. `arrival`: in milliseconds of the recording. */
  place(timestamp: number, arrival: number): number {
    const arrived = Math.round(arrival * this.#rate / 1_000);
    const last = this.#last;
    // RTP timestamps count modulo 2³².
    const spaced = last ? last.ticks + ((timestamp - last.timestamp) | 0) : 0;
    const isNear = last && Math.abs(spaced - arrived) <= this.#tolerance * this.#rate / 1_000;
    const ticks = Math.max(last ? last.ticks + 1 : 0, last && isNear ? spaced : last ? arrived : 0);
    this.#last = { timestamp, ticks };
    return ticks;
  }
}

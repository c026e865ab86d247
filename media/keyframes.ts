/**
 * Decides when to make a keyframe. Many viewers lose packets at the same time, and one keyframe repairs all of them.
 *
 * @module
 */
import type { Clock, Millis } from "../protocol/clock.ts";

/** Least time between requested keyframes, in milliseconds. */
export const KEYFRAME_INTERVAL = 250;

/** Combines requests (PLI, FIR, a new viewer) into few keyframes. The first picture is a keyframe. */
export class Keyframes {
  readonly #clock: Clock;
  #wanted = true;
  #madeAt: Millis | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  request(): void {
    this.#wanted = true;
  }

  /** Whether the next picture should be a keyframe. Stays true until {@linkcode made} is called. */
  get due(): boolean {
    return this.#wanted &&
      (this.#madeAt === undefined || this.#clock.now() - this.#madeAt >= KEYFRAME_INTERVAL);
  }

  /** The encoder made a keyframe, requested or not (a change of size makes one): it answers every waiting request. */
  made(): void {
    this.#wanted = false;
    this.#madeAt = this.#clock.now();
  }
}

/**
 * When to make a keyframe: many viewers lose packets at once, and one keyframe repairs them all.
 *
 * @module
 */
import type { Clock, Millis } from "../protocol/clock.ts";

/** Least time between keyframes that were asked for, in milliseconds. */
export const KEYFRAME_INTERVAL = 250;

/** Gathers requests (PLI, FIR, a new viewer) into as few keyframes as will do. The first picture is one. */
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

  /** Whether the next picture should be a keyframe. Stays true until {@linkcode made} is told. */
  get due(): boolean {
    return this.#wanted &&
      (this.#madeAt === undefined || this.#clock.now() - this.#madeAt >= KEYFRAME_INTERVAL);
  }

  /** The encoder made a keyframe, asked for or not (a change of size makes one): everybody who waited is served. */
  made(): void {
    this.#wanted = false;
    this.#madeAt = this.#clock.now();
  }
}

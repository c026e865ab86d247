/**
 * Media time: ticks of 90 kHz on this process's monotonic clock, as transport streams count.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

const TICKS_PER_MS = 90;
/** A source's clock that is this far from the count of samples has jumped, in ticks. */
const MAX_DRIFT = 9_000;
/** Time begins well above zero: receivers that see a clock come round (after 26 hours) look a minute back. */
const ORIGIN = 100_000 * TICKS_PER_MS;

/** `now` in milliseconds of the process's clock. */
export function mediaTime(now: Millis | number): number {
  return ORIGIN + Math.round(now * TICKS_PER_MS);
}

/** Times that only grow, as destinations demand. */
export class Growing {
  #newest = -Infinity;

  next(time: number): number {
    this.#newest = Math.max(this.#newest + 1, time);
    return this.#newest;
  }
}

/** Tells the time of each frame of sound by counting samples, so that a capture's jitter does not show. */
export class SampleClock {
  readonly #sampleRate: number;
  readonly #growing = new Growing();
  #base: number | undefined;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Sample number `sample` was captured at about `pts`; returns its time, in ticks, later than all before. */
  at(sample: number, pts: number): number {
    const elapsed = sample * TICKS_PER_MS * 1000 / this.#sampleRate;
    this.#base ??= pts - elapsed;
    if (Math.abs(this.#base + elapsed - pts) > MAX_DRIFT) this.#base = pts - elapsed;
    return this.#growing.next(Math.round(this.#base + elapsed));
  }
}

/**
 * Media time: ticks of 90 kHz on this process's monotonic clock, as transport streams count.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

const TICKS_PER_MS = 90;
/** A source's clock that is this far from the count of samples has jumped, in ticks. */
const MAX_DRIFT = 9_000;

export function mediaTime(now: Millis): number {
  return Math.round(now * TICKS_PER_MS);
}

/** Tells the time of each frame of sound by counting samples, so that a capture's jitter does not show. */
export class SampleClock {
  readonly #sampleRate: number;
  #base: number | undefined;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Sample number `sample` was captured at about `pts`; returns its time, in ticks. */
  at(sample: number, pts: number): number {
    const elapsed = sample * TICKS_PER_MS * 1000 / this.#sampleRate;
    this.#base ??= pts - elapsed;
    if (Math.abs(this.#base + elapsed - pts) > MAX_DRIFT) this.#base = pts - elapsed;
    return Math.round(this.#base + elapsed);
  }
}

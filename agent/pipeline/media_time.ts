/**
 * Media time: ticks of 90 kHz on this process's monotonic clock, the unit of transport streams.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

const TICKS_PER_MS = 90;
/** A source's clock has jumped when it is this far from the count of samples, in ticks. */
const MAX_DRIFT = 9_000;
/**
 * Media time at the process's time 0: above zero, because receivers may take a time below it as a clock that
 * wrapped.
 */
const ORIGIN = 100_000 * TICKS_PER_MS;

/** `now` in milliseconds of the process's clock. */
export function mediaTime(now: Millis | number): number {
  return ORIGIN + Math.round(now * TICKS_PER_MS);
}

/** The process's clock at a media time, in milliseconds. */
export function processTime(ticks: number): number {
  return (ticks - ORIGIN) / TICKS_PER_MS;
}

/** Makes times strictly increasing, as receivers need them. */
export class Growing {
  #newest = -Infinity;

  next(time: number): number {
    this.#newest = Math.max(this.#newest + 1, time);
    return this.#newest;
  }
}

/** The time of each frame of sound, by counting samples, so that the jitter of a capture has no effect. */
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

/**
 * The most bits that frames took in a second, of late. Pure: time is an argument.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** Seconds that are looked at. */
const SECONDS = 5;

/** Counts the bits of one layer in one codec. */
export class RateMeter {
  #seconds: { readonly second: number; bits: number }[] = [];

  /** A frame of so many bytes came. */
  add(bytes: number, now: Millis): void {
    const second = Math.floor(now / 1_000);
    const newest = this.#seconds.at(-1);
    if (newest?.second === second) newest.bits += bytes * 8;
    else this.#seconds = [...this.#recent(now), { second, bits: bytes * 8 }];
  }

  /** The bits of the fullest second of the last five; 0 without frames. */
  peak(now: Millis): number {
    return Math.max(0, ...this.#recent(now).map(({ bits }) => bits));
  }

  #recent(now: Millis) {
    const oldest = Math.floor(now / 1_000) - SECONDS;
    return this.#seconds.filter(({ second }) => second >= oldest);
  }
}

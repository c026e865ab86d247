/**
 * Bounds what a sender sends again while a path is full. Packets that wait in a full path's queue look lost to the
 * receiver, which asks for them; without a bound their repeats keep all paths full for as long as the stream lasts.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** While a path is full, repeats may take this share of what is sent for the first time. */
const SHARE = 0.1;
/** What is sent is taken to be at least this, and this before it is measured, in bits a second. */
const [LEAST_RATE, USUAL_RATE] = [500_000, 4_000_000] as const;

/** The repeats that a sender has left. */
export class RepeatBudget {
  readonly #latency: number;
  /** Bits; what was not used, and at most what is sent in the latency, so that a path that dies can be replaced. */
  #left: number;
  #rate: number = USUAL_RATE;
  #at: Millis;

  /** `latency`: how long a packet may be asked for, in milliseconds. */
  constructor({ latency, now }: { readonly latency: number; readonly now: Millis }) {
    this.#latency = latency;
    this.#left = Infinity;
    this.#at = now;
  }

  /** The rate of what is sent for the first time, in bits a second. */
  set rate(rate: number) {
    this.#rate = Math.max(LEAST_RATE, rate);
  }

  /** Takes a repeat of so many bytes; false when it is too much. */
  take(bytes: number, now: Millis): boolean {
    const most = this.#rate * this.#latency / 1000;
    const gained = this.#rate * SHARE * (now - this.#at) / 1000;
    this.#left = Math.min(most, this.#left + gained);
    this.#at = now;
    if (this.#left < bytes * 8) return false;
    this.#left -= bytes * 8;
    return true;
  }
}

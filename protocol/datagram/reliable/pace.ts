/**
 * Holds what a link sends below a bitrate (leaky bucket).
 *
 * @module
 */
import type { Millis } from "../../clock.ts";

/** What may leave at once after a pause, in milliseconds of the bitrate; two datagrams at least. */
const BURST = 20;

/** A limit in bits per second. */
export class Pace {
  readonly #bytesPerMs: number;
  readonly #burst: number;
  #credit: number;
  #at: number = -Infinity;

  constructor({ bitrate, packetSize }: { readonly bitrate: number; readonly packetSize: number }) {
    this.#bytesPerMs = bitrate / 8_000;
    this.#burst = Math.max(2 * packetSize, BURST * this.#bytesPerMs);
    this.#credit = this.#burst;
  }

  /** Takes `bytes` if they may leave now. */
  take(bytes: number, now: Millis): boolean {
    if (this.readyAt(bytes, now) > now) return false;
    this.#credit -= bytes;
    return true;
  }

  /** When `bytes` may leave. */
  readyAt(bytes: number, now: Millis): Millis {
    if (now > this.#at) {
      this.#credit = Math.min(this.#burst, this.#credit + (now - this.#at) * this.#bytesPerMs);
      this.#at = now;
    }
    // A credit of a thousandth less counts as enough: the sum of many fractions is not exact.
    const missing = bytes - this.#credit - 0.001;
    return (missing <= 0 ? now : now + missing / this.#bytesPerMs) as Millis;
  }
}

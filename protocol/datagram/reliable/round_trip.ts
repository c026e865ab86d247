/**
 * Measures the round trip of a link and derives the time after which a packet is sent again (RFC 6298).
 *
 * @module
 */

/** Before anything was measured, in milliseconds. */
const INITIAL_TIMEOUT = 1_000;
/** A packet is never sent again sooner: an acknowledgement may be held back for a few milliseconds. */
const MIN_TIMEOUT = 50;
/** The least allowance for the spread of round trips, in milliseconds. */
const MIN_SPREAD = 10;

/** The round trip of one path. */
export class RoundTrip {
  readonly #maxTimeout: number;
  #smoothed: number | undefined;
  #spread = 0;
  #backOff = 1;

  constructor({ maxTimeout }: { readonly maxTimeout: number }) {
    this.#maxTimeout = maxTimeout;
  }

  /** The smoothed round trip in milliseconds; `undefined` before the first sample. */
  get smoothed(): number | undefined {
    return this.#smoothed;
  }

  /** Milliseconds until a packet without an acknowledgement is sent again. */
  get timeout(): number {
    const measured = this.#smoothed === undefined
      ? INITIAL_TIMEOUT
      : this.#smoothed + Math.max(MIN_SPREAD, 4 * this.#spread);
    return Math.min(this.#maxTimeout, Math.max(MIN_TIMEOUT, measured) * this.#backOff);
  }

  /** Takes one measurement, of a packet that was sent once (Karn's rule). */
  sample(milliseconds: number): void {
    if (!(milliseconds >= 0)) return;
    if (this.#smoothed === undefined) {
      this.#smoothed = milliseconds;
      this.#spread = milliseconds / 2;
      return;
    }
    this.#spread += (Math.abs(this.#smoothed - milliseconds) - this.#spread) / 4;
    this.#smoothed += (milliseconds - this.#smoothed) / 8;
  }

  /** Doubles the timeout, after one has passed without an acknowledgement. */
  backOff(): void {
    if (this.timeout < this.#maxTimeout) this.#backOff *= 2;
  }

  /** Ends the doubling, after an acknowledgement. */
  recovered(): void {
    this.#backOff = 1;
  }

  /** Forgets everything: the path is another one. */
  reset(): void {
    this.#smoothed = undefined;
    this.#spread = 0;
    this.#backOff = 1;
  }
}

/**
 * Pictures a second as the times of the pictures show it, so that an encoder's bits for each picture follow what it
 * really gets and not what it was told.
 *
 * @module
 */

/** RTP's video clock, ticks a second (RFC 6184 §8.2.1). */
const CLOCK_RATE = 90_000;
/** The rate is that of the last second. */
const WINDOW = CLOCK_RATE;
/** Fewer intervals than this tell no rate. */
const LEAST_INTERVALS = 3;

export class PictureRate {
  readonly #nominal: number;
  #times: number[] = [];

  /** `nominal`: pictures a second that were announced. */
  constructor(nominal: number) {
    this.#nominal = nominal;
  }

  /**
   * The nominal rate, or the measured one where it is higher: more pictures than announced would each get as many
   * bits as announced. Fewer do not get more, because a large picture takes long to send.
   */
  get value(): number {
    const span = (this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0);
    const intervals = this.#times.length - 1;
    if (intervals < LEAST_INTERVALS || span <= 0) return this.#nominal;
    return Math.max(this.#nominal, intervals * CLOCK_RATE / span);
  }

  /** Counts a picture by its RTP timestamp, at 90 kHz modulo 2³². */
  picture(timestamp: number): void {
    const last = this.#times.at(-1);
    // The difference around the circle; a step back or a long gap begins anew.
    const step = last === undefined ? 0 : (timestamp - last % 2 ** 32) >>> 0;
    if (last === undefined || step > 2 * WINDOW) this.#times = [timestamp];
    else {
      const now = last + step;
      this.#times = [...this.#times.filter((time) => now - time <= WINDOW), now];
    }
  }
}

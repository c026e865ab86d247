/**
 * The measured rate of pictures, by their timestamps. An encoder divides its bitrate by this rate, because the
 * announced rate of a source may be wrong.
 *
 * @module
 */

/** RTP's video clock, ticks a second (RFC 6184 §8.2.1). */
const CLOCK_RATE = 90_000;
/** The rate is measured over the last second, in ticks. */
const WINDOW = CLOCK_RATE;
/** With fewer intervals than this no rate is measured. */
const LEAST_INTERVALS = 3;

/** Measures the rate of pictures, in pictures a second, by their RTP timestamps. */
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
    // The difference modulo 2³². A step back or a long gap restarts the measurement.
    const step = last === undefined ? 0 : (timestamp - last % 2 ** 32) >>> 0;
    if (last === undefined || step > 2 * WINDOW) this.#times = [timestamp];
    else {
      const now = last + step;
      this.#times = [...this.#times.filter((time) => now - time <= WINDOW), now];
    }
  }
}

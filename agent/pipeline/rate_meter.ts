/**
 * Measures how many pictures a second arrive, by their times.
 *
 * @module
 */

/** Length of a measurement, in ticks of 90 kHz: a pause of one second does not count as another rate. */
const WINDOW = 3 * 90_000;

/** Measures the rate of one input, in pictures a second. */
export class RateMeter {
  #from: number | undefined;
  #pictures = 0;

  /**
   * Counts a picture. Returns pictures a second when a measurement is complete, which is every 3 s.
   *
   * @param pts its time in ticks of 90 kHz
   */
  picture(pts: number): number | undefined {
    const from = this.#from;
    if (from === undefined || pts < from) {
      this.restart();
      this.#from = pts;
      return undefined;
    }
    this.#pictures += 1;
    if (pts - from < WINDOW) return undefined;
    const rate = this.#pictures * 90_000 / (pts - from);
    this.#from = pts;
    this.#pictures = 0;
    return rate;
  }

  /** Begins a new measurement with the next picture. */
  restart(): void {
    this.#from = undefined;
    this.#pictures = 0;
  }
}

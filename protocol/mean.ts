/**
 * The mean of the values since it was last taken.
 *
 * @module
 */

/** Adds up values; taking the mean begins anew. */
export class Mean {
  #sum = 0;
  #count = 0;

  /** Adds a value. */
  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  /** The mean of the values since the last call; `undefined` when there were none. */
  take(): number | undefined {
    const mean = this.#count > 0 ? this.#sum / this.#count : undefined;
    this.#sum = 0;
    this.#count = 0;
    return mean;
  }
}

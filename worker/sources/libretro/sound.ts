/**
 * Collects the sound of one step. The buffer is bounded; samples beyond its capacity are dropped.
 *
 * @module
 */

/** The most of one step, in pairs: 0.05 s at 384 kHz, the highest rate, and 0.4 s at 48 kHz for cores that deliver sound in bursts. */
export const CAPACITY = 19_200;

/** Collects one step's sound: interleaved stereo, signed 16 bit. */
export class SoundBuffer {
  readonly #samples = new Int16Array(CAPACITY * 2);
  #pairs = 0;

  clear(): void {
    this.#pairs = 0;
  }

  /** The collected samples, valid until the next sample. */
  get samples(): Int16Array {
    return this.#samples.subarray(0, this.#pairs * 2);
  }

  push(left: number, right: number): void {
    if (this.#pairs === CAPACITY) return;
    this.#samples[this.#pairs * 2] = left;
    this.#samples[this.#pairs * 2 + 1] = right;
    this.#pairs += 1;
  }

  /** Copies `pairs` interleaved pairs from native memory. */
  pushBatch(pointer: Deno.PointerObject, pairs: number): void {
    const taken = Math.min(pairs, CAPACITY - this.#pairs);
    if (taken <= 0) return;
    const into = this.#samples.subarray(this.#pairs * 2, (this.#pairs + taken) * 2);
    Deno.UnsafePointerView.copyInto(pointer, into);
    this.#pairs += taken;
  }
}

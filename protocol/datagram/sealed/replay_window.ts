/**
 * Tells which sequence numbers came before (RFC 6479): a number counts once, and one that is too old counts as seen.
 *
 * @module
 */

/** Numbers behind the newest that are told apart. */
export const REPLAY_WINDOW = 2_048;
const WORD = 32;
const WORDS = REPLAY_WINDOW / WORD + 1;

/** The sequence numbers that came. */
export class ReplayWindow {
  /** A ring of bits; the word after the newest one is empty, so that a step into it clears what is too old. */
  readonly #bits = new Uint32Array(WORDS);
  #newest = -1;

  /** Whether `sequence` did not come before and is not too old. */
  isNew(sequence: number): boolean {
    if (sequence > this.#newest) return true;
    if (this.#newest - sequence >= REPLAY_WINDOW) return false;
    const { word, bit } = place(sequence);
    return (this.#bits[word]! & bit) === 0;
  }

  /** Notes that `sequence` came; only after its datagram proved to be sealed. Whether it is the newest. */
  note(sequence: number): boolean {
    const isNewest = sequence > this.#newest;
    if (isNewest) this.#moveTo(sequence);
    const { word, bit } = place(sequence);
    this.#bits[word]! |= bit;
    return isNewest;
  }

  #moveTo(sequence: number): void {
    const from = Math.floor(this.#newest / WORD);
    const to = Math.floor(sequence / WORD);
    const steps = Math.min(WORDS, to - from);
    for (let step = 0; step < steps; step++) this.#bits[(to - step) % WORDS] = 0;
    this.#newest = sequence;
  }
}

function place(sequence: number): { readonly word: number; readonly bit: number } {
  return { word: Math.floor(sequence / WORD) % WORDS, bit: 1 << (sequence % WORD) };
}

/**
 * Recognizes what came before: the ids of commands that are sent again, the messages that come over several paths.
 *
 * @module
 */

/** The newest texts, `most` of them. */
export class Known {
  readonly #most: number;
  /** The oldest first. */
  readonly #texts = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Notes a text; whether it is new. */
  add(text: string): boolean {
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    const [oldest] = this.#texts;
    if (this.#texts.size > this.#most && oldest !== undefined) this.#texts.delete(oldest);
    return true;
  }
}

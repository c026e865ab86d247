/**
 * A program that publishes a stream and signals over HTTP (WHIP). The stream is one of its sender; this is its resource.
 *
 * @module
 */
import type { Published, Publishing } from "../streams/publishing.ts";
import type { MediaSession } from "./resources.ts";

/** One publisher. Disposing ends its stream. */
export class HttpPublisher implements MediaSession {
  readonly #publishing: Publishing;
  readonly #published: Published;
  readonly #ended: () => void;

  /** `ended` is called when the stream is over; not when the owner disposes the publisher. */
  constructor(publishing: Publishing, published: Published, ended: () => void) {
    this.#publishing = publishing;
    this.#published = published;
    this.#ended = ended;
  }

  candidates(candidates: readonly string[]): void {
    this.#publishing.candidates(this.#published, candidates);
  }

  check(): void {
    if (!this.#publishing.isActive(this.#published)) this.#ended();
  }

  [Symbol.dispose](): void {
    this.#publishing.end(this.#published);
  }
}

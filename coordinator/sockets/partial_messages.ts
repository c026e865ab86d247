/**
 * How many bytes of messages that are not complete wait in memory, over all sockets whose other end has not proved
 * who it is. Where they are too many, the socket with the most has to go.
 *
 * @module
 */
/** Counts the bytes of incomplete messages by socket. */
export class PartialMessages<S> {
  readonly #bytes = new Map<S, number>();
  readonly #limit: number;
  #total = 0;

  /** `limit`: in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts bytes that came; returns the socket that has to go. */
  add(socket: S, bytes: number): S | undefined {
    this.#bytes.set(socket, (this.#bytes.get(socket) ?? 0) + bytes);
    this.#total += bytes;
    if (this.#total <= this.#limit) return undefined;
    const [[most] = []] = [...this.#bytes].toSorted(([, a], [, b]) => b - a);
    return most;
  }

  /** The message is complete, or the socket no longer counts. */
  clear(socket: S): void {
    this.#total -= this.#bytes.get(socket) ?? 0;
    this.#bytes.delete(socket);
  }
}

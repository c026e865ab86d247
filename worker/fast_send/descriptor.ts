/**
 * A descriptor of our own for a socket that the runtime has opened. The system gives the number of a closed descriptor
 * to the next file, so the runtime's number is never written to: it is duplicated once, checked, and the duplicate's
 * number is nobody else's until it is closed here.
 *
 * @module
 */
import { DATAGRAM, type Libc } from "./libc.ts";
import { IPV6_SIZE, isSameEndpoint } from "../../media/socket_address.ts";

/** Numbers that are looked at. The system always gives the lowest free one. */
export const MOST_DESCRIPTORS = 16_384;

/** An open descriptor of a UDP socket. Disposing closes it, and the socket lives on. */
export class OwnDescriptor implements Disposable {
  readonly #libc: Libc;
  #number: number | undefined;

  private constructor(libc: Libc, number: number) {
    this.#libc = libc;
    this.#number = number;
  }

  /**
   * Duplicates the descriptor of this process's UDP socket that is bound to this address (`struct sockaddr`).
   * `undefined` when there is none, or the process has as many descriptors as it may have.
   */
  static of(libc: Libc, name: Uint8Array): OwnDescriptor | undefined {
    const scratch = new Uint8Array(new ArrayBuffer(IPV6_SIZE));
    const isBoundTo = (number: number) =>
      libc.socketName(number, scratch) > 0 && isSameEndpoint(scratch, name) &&
      libc.socketType(number) === DATAGRAM;
    for (let number = 0; number < MOST_DESCRIPTORS; number++) {
      if (!isBoundTo(number)) continue;
      const own = libc.duplicate(number);
      if (own < 0) return undefined;
      // Another thread may have closed the socket and opened a file in between.
      if (isBoundTo(own)) return new OwnDescriptor(libc, own);
      libc.close(own);
    }
    return undefined;
  }

  /** The number; `undefined` after disposing. */
  get number(): number | undefined {
    return this.#number;
  }

  [Symbol.dispose](): void {
    if (this.#number !== undefined) this.#libc.close(this.#number);
    this.#number = undefined;
  }
}

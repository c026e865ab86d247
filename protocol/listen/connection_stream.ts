/**
 * A connection of the runtime as a stream of Node, which `node:http` and `ws` read and write. `Deno.listen` accepts
 * one connection at a time and its errors can be caught; `node:net` of Deno 2.9 accepts none any more after the
 * first error.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Clock, Millis } from "../clock.ts";

/** How much is read at once, in bytes. */
const READ_SIZE = 4 * 1024;

/** One accepted connection. */
export class ConnectionStream extends Duplex {
  /** The other end's IP address. */
  readonly remoteAddress: string;
  readonly #connection: Deno.Conn;
  readonly #clock: Clock;
  readonly #buffer = new Uint8Array(READ_SIZE);
  #reading = false;
  /** When the bytes that now wait to be sent last moved; absent: none wait. */
  #stuckSince: Millis | undefined;

  constructor(connection: Deno.Conn, clock: Clock) {
    super();
    this.#connection = connection;
    this.#clock = clock;
    const { remoteAddr } = connection;
    this.remoteAddress = "hostname" in remoteAddr ? remoteAddr.hostname : "local";
    // An error is followed by the close, which is what everything waits for.
    this.on("error", () => {});
  }

  /** For how long the other end has taken none of the bytes that wait for it, in milliseconds. */
  get stuckFor(): number {
    return this.#stuckSince === undefined ? 0 : this.#clock.now() - this.#stuckSince;
  }

  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#connection.read(this.#buffer).then((length) => {
      this.#reading = false;
      this.push(length === null ? null : Buffer.copyBytesFrom(this.#buffer, 0, length));
    }, (error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(chunk).then(() => done(), done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // The other end may be gone already; then it needs no notice.
    this.#connection.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    try {
      this.#connection.close();
    } catch {
      // The runtime has closed it.
    }
    done(error);
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      this.#stuckSince = this.#clock.now();
      rest = rest.subarray(await this.#connection.write(rest));
    }
    this.#stuckSince = undefined;
  }
}

/**
 * The packets of tracks on their way to one viewer. What its link does not take at once waits, at most twelve packets
 * and 400 ms: beyond that the oldest are dropped.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";

/** Most packets that wait. */
export const MOST_WAITING = 12;
/** The longest that a packet waits, in milliseconds. */
export const LONGEST_WAIT = 400;
/** Bytes that may wait in the channel itself, where no packet can be dropped any more. */
const ENOUGH = 1_500;
/** Time between two tries, in milliseconds. */
const RETRY = 20;

/** The channel `media` of one viewer. */
export interface OutletChannel {
  /** Bytes that wait in the channel. */
  waiting(): number;
  /** False: the channel is full or not open. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
}

interface Waiting {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly since: Millis;
}

/** Sends packets to one viewer. Disposing drops those that wait. */
export class Outlet implements Disposable {
  readonly #clock: Clock;
  readonly #channel: OutletChannel;
  /** A packet was dropped. */
  readonly #dropped: () => void;
  readonly #queue: Waiting[] = [];
  #retry: Disposable | undefined;

  constructor(clock: Clock, channel: OutletChannel, dropped: () => void) {
    this.#clock = clock;
    this.#channel = channel;
    this.#dropped = dropped;
  }

  /** Sends a packet, or lets it wait. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#queue.push({ bytes, since: this.#clock.now() });
    this.#flush();
    if (this.#queue.length > MOST_WAITING) this.#drop();
  }

  [Symbol.dispose](): void {
    this.#retry?.[Symbol.dispose]();
    this.#retry = undefined;
    this.#queue.length = 0;
  }

  #flush(): void {
    const now = this.#clock.now();
    while (this.#queue.length > 0 && now - this.#queue[0]!.since >= LONGEST_WAIT) this.#drop();
    while (this.#queue.length > 0 && this.#channel.waiting() < ENOUGH) {
      if (!this.#channel.send(this.#queue[0]!.bytes)) break;
      this.#queue.shift();
    }
    if (this.#queue.length === 0) return;
    this.#retry ??= this.#clock.after(RETRY, () => {
      this.#retry = undefined;
      this.#flush();
    });
  }

  #drop(): void {
    this.#queue.shift();
    this.#dropped();
  }
}

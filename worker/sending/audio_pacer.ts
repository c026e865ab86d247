/**
 * Sends sound packets evenly, one every 10 ms. A source yields them in bursts of one or two for each frame; a browser's
 * jitter buffer grows with every burst and shrinks slowly (measured: 35 ms becomes 117 ms).
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";

/** Length of one packet, in milliseconds. */
const PACKET = 10;
/** Most packets in the queue; the oldest are dropped. */
const MAX_QUEUE = 6;

/** Queues at most six sound packets and sends one every 10 ms; when the queue is full, the oldest are dropped. */
export class AudioPacer implements Disposable {
  readonly #clock: Clock;
  readonly #send: (packet: EncodedAudio) => void;
  #queue: EncodedAudio[] = [];
  #due = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock, send: (packet: EncodedAudio) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Adds packets to the queue. */
  push(packets: readonly EncodedAudio[]): void {
    this.#queue.push(...packets);
    if (this.#queue.length > MAX_QUEUE) this.#queue = this.#queue.slice(-MAX_QUEUE);
    if (!this.#timer) this.#drain();
  }

  #drain(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    if (now - this.#due > 3 * PACKET) this.#due = now;
    while (this.#queue.length > 0 && this.#due <= now) {
      this.#send(this.#queue.shift()!);
      this.#due += PACKET;
    }
    if (this.#queue.length === 0) return;
    this.#timer = this.#clock.after(Math.max(0, this.#due - now), () => this.#drain());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#queue = [];
  }
}

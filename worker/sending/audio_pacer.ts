/**
 * Sends sound packets evenly. A source yields them in bursts of one or two for each frame; a browser's jitter buffer
 * grows with every burst and with every packet that is late by its timestamp, and shrinks slowly (measured: 35 ms
 * becomes 117 ms, and 427 ms for more than a minute after a stall of 317 ms). So no packet is late: timestamps follow
 * the clock, and sound that waits in vain is dropped.
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";

/** The usual length of a packet, in milliseconds, and of the longest (RFC 6716 §2). */
const PACKET = 10;
const MOST_PACKET = 120;
/** RTP's clock for Opus, ticks a millisecond (RFC 7587 §4.1). */
const TICKS = 48;
/** Most packets in the queue; the oldest are dropped. */
const MAX_QUEUE = 6;
/** Sound that is late by more than this is not made up for, in milliseconds. */
const STALL = 30;
/** Packets that wait at every moment of this long would wait for ever, in milliseconds. */
const WINDOW = 500;

/** A packet that waits. */
interface Waiting {
  readonly packet: EncodedAudio;
  /** The time from the packet before it, in milliseconds. */
  readonly length: number;
}

/** Queues at most six sound packets and sends them evenly; when the queue is full, the oldest are dropped. */
export class AudioPacer implements Disposable {
  readonly #clock: Clock;
  readonly #send: (packet: EncodedAudio) => void;
  #queue: Waiting[] = [];
  /** The source's timestamp of the newest packet; `undefined` before the first. */
  #newest: number | undefined;
  /** The timestamp of the packet that was sent last. */
  #timestamp = 0;
  /** When the next packet is due; `undefined` before the first. */
  #due: Millis | undefined;
  #timer: Disposable | undefined;
  /** The fewest packets that waited since the window began. */
  #fewest = Infinity;
  #windowEnds = -Infinity;

  constructor(clock: Clock, send: (packet: EncodedAudio) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Adds packets to the queue. */
  push(packets: readonly EncodedAudio[]): void {
    for (const packet of packets) {
      const step = this.#newest === undefined ? 0 : (packet.timestamp - this.#newest) >>> 0;
      const isNext = step > 0 && step <= MOST_PACKET * TICKS;
      this.#queue.push({ packet, length: isNext ? step / TICKS : PACKET });
      this.#newest = packet.timestamp;
    }
    if (this.#queue.length > MAX_QUEUE) this.#queue = this.#queue.slice(-MAX_QUEUE);
    if (!this.#timer) this.#drain();
  }

  #drain(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    this.#skipStall(now);
    this.#dropExcess(now);
    while (this.#queue.length > 0 && this.#due! <= now) {
      const { packet, length } = this.#queue.shift()!;
      this.#timestamp = (this.#timestamp + length * TICKS) >>> 0;
      this.#send({ ...packet, timestamp: this.#timestamp });
      this.#due = (this.#due! + length) as Millis;
    }
    this.#fewest = Math.min(this.#fewest, this.#queue.length);
    if (this.#queue.length === 0) return;
    this.#timer = this.#clock.after(Math.max(0, this.#due! - now), () => this.#drain());
  }

  /** After a stall the timestamps go on by its length: the browser takes it for silence, not for late packets. */
  #skipStall(now: Millis): void {
    if (this.#due === undefined) {
      this.#due = now;
      this.#timestamp = Math.round(now / PACKET) * PACKET * TICKS >>> 0;
    }
    const late = now - this.#due;
    if (late <= STALL) return;
    this.#timestamp = (this.#timestamp + Math.round(late / PACKET) * PACKET * TICKS) >>> 0;
    this.#due = now;
  }

  /** Drops the oldest packets, as many as waited all the time. */
  #dropExcess(now: Millis): void {
    if (now < this.#windowEnds) return;
    if (this.#fewest > 0 && this.#fewest < Infinity) this.#queue = this.#queue.slice(this.#fewest);
    this.#fewest = Infinity;
    this.#windowEnds = now + WINDOW;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#queue = [];
  }
}

/**
 * When each packet of a picture is sent: a small picture at once, a keyframe spread over less than a frame's time, so
 * that it does not overflow buffers on the path. Retransmissions go first. Sound is not paced here and never waits.
 * Packets that are due at the same time are passed on together, because one system call may send them.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** Most packets of a picture that are sent at once. */
export const BURST = 16;
/** Time between the chunks of the remaining packets, in milliseconds. */
export const PACE = 2;
/** Packets in a chunk: 8 in 2 ms are 37 Mbit/s. */
export const CHUNK = 8;
/** Most chunks of a picture, however large: all its packets are sent within 12 ms. */
export const MOST_CHUNKS = 6;

/** Sends packets in order. At most two pictures wait, the first perhaps partly sent; a third is refused. */
export class PacketPacer<Packet> implements Disposable {
  readonly #clock: Clock;
  readonly #send: (packets: readonly Packet[]) => void;
  /** The waiting retransmissions. */
  #repairs: readonly Packet[] = [];
  /** The waiting packets, by picture. */
  #waiting: (readonly Packet[])[] = [];
  /** Packets in each chunk: all waiting packets leave within {@linkcode MOST_CHUNKS} chunks. */
  #chunk = CHUNK;
  #next: Disposable | undefined;

  constructor(clock: Clock, send: (packets: readonly Packet[]) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Sends or queues the packets of one picture. False when two pictures wait: then none of its packets is sent. */
  push(packets: readonly Packet[]): boolean {
    if (this.#waiting.length >= 2) return false;
    const rest = this.#burst(packets);
    if (rest.length > 0) {
      this.#waiting.push(rest);
      this.#wait();
    }
    return true;
  }

  /** Sends retransmissions, or queues them before every picture. `repair.ts` limits their number. */
  repair(packets: readonly Packet[]): void {
    this.#repairs = [...this.#repairs, ...this.#burst(packets)];
    if (this.#repairs.length > 0) this.#wait();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
    this.#waiting = [];
    this.#repairs = [];
  }

  /** Sends the first packets at once when none waits. Returns those that have to wait. */
  #burst(packets: readonly Packet[]): readonly Packet[] {
    if (this.#next) return packets;
    if (packets.length > BURST) {
      this.#send(packets.slice(0, BURST));
      return packets.slice(BURST);
    }
    if (packets.length > 0) this.#send(packets);
    return [];
  }

  #wait(): void {
    const count = this.#waiting.reduce((sum, { length }) => sum + length, this.#repairs.length);
    this.#chunk = Math.max(CHUNK, Math.ceil(count / MOST_CHUNKS));
    this.#next ??= this.#clock.after(PACE, () => this.#sendChunk());
  }

  #sendChunk(): void {
    const due = this.#repairs.slice(0, this.#chunk);
    this.#repairs = this.#repairs.slice(this.#chunk);
    while (due.length < this.#chunk && this.#waiting.length > 0) {
      const [first = [], ...others] = this.#waiting;
      const room = this.#chunk - due.length;
      due.push(...first.slice(0, room));
      this.#waiting = first.length > room ? [first.slice(room), ...others] : others;
    }
    this.#send(due);
    this.#next = this.#waiting.length > 0 || this.#repairs.length > 0
      ? this.#clock.after(PACE, () => this.#sendChunk())
      : undefined;
  }
}

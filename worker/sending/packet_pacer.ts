/**
 * When each packet of a picture is sent: a small picture at once, a keyframe spread over less than a frame's time, so
 * that it does not overflow buffers on the path. Sound is not paced here and never waits.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** Packets that leave at once. */
export const BURST = 16;
/** Time between the rests of a large picture, in milliseconds. */
export const PACE = 2;
/** Packets of such a rest: 8 in 2 ms are 37 Mbit/s. */
export const CHUNK = 8;
/** A picture is gone after this many rests, however large: 12 ms. */
export const MOST_CHUNKS = 6;

/** Sends packets in order. At most the rest of one picture and the whole of the next wait; a third is refused. */
export class PacketPacer<Packet> implements Disposable {
  readonly #clock: Clock;
  readonly #send: (packet: Packet) => void;
  /** What waits, by picture. */
  #waiting: (readonly Packet[])[] = [];
  /** Packets of each step, so that all that waits is gone in time. */
  #chunk = CHUNK;
  #next: Disposable | undefined;

  constructor(clock: Clock, send: (packet: Packet) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** False when it is behind: nothing of the picture was or will be sent. */
  push(packets: readonly Packet[]): boolean {
    if (this.#waiting.length >= 2) return false;
    if (this.#waiting.length === 0) {
      for (const packet of packets.slice(0, BURST)) this.#send(packet);
      packets = packets.slice(BURST);
      if (packets.length === 0) return true;
    }
    this.#waiting.push(packets);
    const count = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    this.#chunk = Math.max(CHUNK, Math.ceil(count / MOST_CHUNKS));
    this.#next ??= this.#clock.after(PACE, () => this.#sendChunk());
    return true;
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
    this.#waiting = [];
  }

  #sendChunk(): void {
    let room = this.#chunk;
    while (room > 0 && this.#waiting.length > 0) {
      const [first = [], ...others] = this.#waiting;
      for (const packet of first.slice(0, room)) this.#send(packet);
      const rest = first.slice(room);
      room -= first.length - rest.length;
      this.#waiting = rest.length > 0 ? [rest, ...others] : others;
    }
    this.#next = this.#waiting.length > 0
      ? this.#clock.after(PACE, () => this.#sendChunk())
      : undefined;
  }
}

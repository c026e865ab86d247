/**
 * The receiving half of a link: puts packets into their order, joins them to batches, acknowledges what came and asks
 * for what is missing.
 *
 * Bounds: one unfinished batch of at most `receiveBufferSize` bytes and {@linkcode MAX_AHEAD} packets behind a missing
 * one. A packet further ahead is dropped and counted; its sender sends it again.
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import type { Millis } from "../../clock.ts";
import { distance, following } from "../bytes.ts";
import { type DataPacket, type LinkEnd, MAX_AHEAD, MAX_REPEATS, type Packet } from "../packet.ts";
import type { RoundTrip } from "./round_trip.ts";

/** How long an acknowledgement waits for a second packet to acknowledge, in milliseconds. */
const ACK_DELAY = 5;
/** So many packets are acknowledged at once. */
const ACK_COUNT = 2;
/** A missing packet may only be late: until it is asked for, round trips, and at least milliseconds. */
const LATE = { share: 0.25, least: 5 };
/** Until a packet is asked for again: round trips, and at least milliseconds. */
const AGAIN = { share: 1.25, least: 20 };
/** The round trip that counts before one is measured, in milliseconds. */
const ASSUMED_RTT = 100;

/** What the receiving half needs. */
export interface IncomingPorts {
  readonly receiveBufferSize: number;
  readonly roundTrip: RoundTrip;
  /** Whether each packet is acknowledged by itself at once, as in the plain profile. */
  readonly singleAcks: boolean;
  emit(packet: Packet): void;
  deliver(batch: Uint8Array): void;
}

interface Missing {
  readonly since: Millis;
  askedAt: Millis | undefined;
}

/** The receiving half of a link. */
export class Incoming {
  readonly #ports: IncomingPorts;
  readonly #ahead = new Map<number, DataPacket>();
  readonly #parts = new Map<number, (Uint8Array | undefined)[]>();
  readonly #missing = new Map<number, Missing>();
  #next = 0;
  /** The number after the highest that came. */
  #end = 0;
  #batch = 0;
  #pieces: Uint8Array[] | undefined;
  #size = 0;
  #unacknowledged = 0;
  #ackAt: Millis | undefined;
  #duplicates = 0;
  #beyond = 0;
  #asked = 0;

  constructor(ports: IncomingPorts) {
    this.#ports = ports;
  }

  /** Packets that came twice, that were too far ahead, and numbers that were asked for. */
  get figures() {
    return { duplicates: this.#duplicates, beyond: this.#beyond, asked: this.#asked };
  }

  /** Takes a packet; returns why the link has to end, if it has. */
  receive(packet: DataPacket, now: Millis): LinkEnd | undefined {
    const { number } = packet;
    const ahead = distance(number, this.#next);
    if (ahead >= MAX_AHEAD) {
      this.#beyond++;
      return undefined;
    }
    if (ahead < 0 || this.#ahead.has(number)) {
      this.#duplicates++;
      this.#acknowledge(number, now, { atOnce: true });
      return undefined;
    }
    const whole = this.#whole(packet);
    if (!whole) return undefined;
    for (; distance(number, this.#end) >= 0; this.#end = following(this.#end)) {
      if (this.#end !== number) this.#missing.set(this.#end, { since: now, askedAt: undefined });
    }
    this.#missing.delete(number);
    this.#ahead.set(number, whole);
    const end = this.#drain();
    if (!end) this.#acknowledge(number, now, { atOnce: this.#missing.size > 0 });
    return end;
  }

  /** Sends acknowledgements and repeat requests that are due. */
  flush(now: Millis): void {
    if (this.#ackAt !== undefined && now >= this.#ackAt) {
      this.#ackAt = undefined;
      this.#unacknowledged = 0;
      this.#ports.emit({ type: "ack", next: this.#next, numbers: [...this.#ahead.keys()] });
    }
    const numbers: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (numbers.length === MAX_REPEATS) break;
      if (now < this.#askAt(missing)) continue;
      missing.askedAt = now;
      numbers.push(number);
    }
    if (numbers.length === 0) return;
    this.#asked += numbers.length;
    this.#ports.emit({ type: "repeat", numbers });
  }

  /** When `flush` has something to do; `undefined` while nothing is missing and all is acknowledged. */
  get deadline(): Millis | undefined {
    let due = this.#ackAt ?? Infinity;
    for (const missing of this.#missing.values()) {
      due = Math.min(due, this.#askAt(missing));
    }
    return due === Infinity ? undefined : due as Millis;
  }

  #askAt({ since, askedAt }: Missing): number {
    const rtt = this.#ports.roundTrip.smoothed ?? ASSUMED_RTT;
    if (askedAt !== undefined) return askedAt + Math.max(AGAIN.least, rtt * AGAIN.share);
    return since + Math.max(LATE.least, rtt * LATE.share);
  }

  #acknowledge(number: number, now: Millis, { atOnce }: { readonly atOnce: boolean }): void {
    if (this.#ports.singleAcks) {
      this.#ports.emit({ type: "ack", next: undefined, numbers: [number] });
      return;
    }
    const isDue = atOnce || ++this.#unacknowledged >= ACK_COUNT;
    if (isDue) this.#ackAt = now;
    else this.#ackAt ??= (now + ACK_DELAY) as Millis;
  }

  /** The packet, or what its parts make together; `undefined` while parts are missing. */
  #whole(packet: DataPacket): DataPacket | undefined {
    const { number, part } = packet;
    if (!part) {
      this.#parts.delete(number);
      return packet;
    }
    let parts = this.#parts.get(number);
    if (parts?.length !== part.count) {
      parts = new Array<Uint8Array | undefined>(part.count).fill(undefined);
      this.#parts.set(number, parts);
    }
    parts[part.index] = packet.payload;
    const there = parts.filter((each) => each !== undefined);
    if (there.length < part.count) return undefined;
    this.#parts.delete(number);
    return { ...packet, payload: concat(there) };
  }

  #drain(): LinkEnd | undefined {
    for (;;) {
      const packet = this.#ahead.get(this.#next);
      if (!packet) return undefined;
      this.#ahead.delete(this.#next);
      this.#next = following(this.#next);
      if (packet.batch !== this.#batch || packet.first !== (this.#pieces === undefined)) {
        return "protocol";
      }
      // Only an empty batch has an empty packet: others would be kept without counting towards the size.
      if (packet.payload.length === 0 && !(packet.first && packet.last)) return "protocol";
      this.#pieces ??= [];
      this.#pieces.push(packet.payload);
      this.#size += packet.payload.length;
      if (this.#size > this.#ports.receiveBufferSize) return "too_large";
      if (packet.last) this.#finish(this.#pieces);
    }
  }

  #finish(pieces: readonly Uint8Array[]): void {
    this.#pieces = undefined;
    this.#size = 0;
    this.#batch = (this.#batch + 1) & 0xff;
    this.#ports.deliver(concat(pieces));
  }
}

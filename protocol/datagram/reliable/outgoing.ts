/**
 * The sending half of a link: cuts batches into packets, keeps each until it is acknowledged, and sends it again when
 * the other end asks for it or a timeout passes.
 *
 * Bounds: `sendBufferSize` bytes of batches, beyond which a new batch is refused; {@linkcode MAX_AHEAD} packets and the
 * bytes of {@linkcode SendWindow} on their way.
 *
 * @module
 */
import type { Millis } from "../../clock.ts";
import { distance, following } from "../bytes.ts";
import type { LinkOptions } from "../options.ts";
import { type DataPacket, MAX_AHEAD } from "../packet.ts";
import { Pace } from "./pace.ts";
import type { RoundTrip } from "./round_trip.ts";
import { SendWindow } from "./window.ts";

/** Bytes that a batch counts for in the send buffer besides its own. */
const BATCH_COST = 64;
/** A payload that every path carries: 576 bytes with all headers (RFC 791). */
export const SMALL_PAYLOAD = 512;
/** Sendings in one piece before a packet goes in parts, on a path that carried large ones, and on one that did not. */
const WHOLE_ATTEMPTS = { proven: 6, unproven: 2 };
/** A path that carried no large packet for this long counts as one that does not, in milliseconds. */
const PROOF_LASTS = 10_000;
/** A repeat request that comes sooner after a sending than this share of a round trip was answered by that sending. */
const ANSWERED = 0.75;

/** Why a batch was not taken. */
export type BatchRefusal = "full" | "too_large";

/** What the sending half needs. */
export interface OutgoingPorts {
  readonly options: LinkOptions;
  readonly roundTrip: RoundTrip;
  /** The most payload bytes of one packet, and what each sending costs besides. */
  readonly payload: { readonly most: number; readonly overhead: number };
  /** Whether the other end joins packets that come in parts. */
  readonly allowsParts: boolean;
  /** The other end's receive buffer, in bytes. */
  readonly theirBuffer: number;
  emit(packet: DataPacket): void;
}

interface Flight {
  readonly packet: DataPacket;
  readonly size: number;
  sentAt: Millis;
  attempts: number;
  inParts: boolean;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly number: number;
  offset: number;
}

/** The sending half of a link. */
export class Outgoing {
  readonly #ports: OutgoingPorts;
  readonly #window: SendWindow;
  readonly #pace: Pace;
  readonly #waiting: Waiting[] = [];
  /** Packets on their way, in the order of their last sending. */
  readonly #flights = new Map<number, Flight>();
  /** Packets to send again. */
  readonly #lost = new Map<number, Flight>();
  #flying = 0;
  #held = 0;
  #number = 0;
  #base = 0;
  #batch = 0;
  #limit: number;
  #acknowledgedAt: number = -Infinity;
  #provenAt: number = -Infinity;
  #pacedUntil: Millis | undefined;
  #resent = 0;

  constructor(ports: OutgoingPorts) {
    this.#ports = ports;
    const { options, payload: { most, overhead } } = ports;
    const packetSize = most + overhead;
    this.#limit = most;
    this.#window = new SendWindow({ packetSize, most: ports.theirBuffer });
    this.#pace = new Pace({ bitrate: options.maxBitrate, packetSize });
  }

  /** Bytes that wait or are not acknowledged, bytes on their way, the most of these, and repetitions so far. */
  get figures() {
    const { bytes } = this.#window;
    return { held: this.#held, flying: this.#flying, window: bytes, resent: this.#resent };
  }

  /** Takes a batch, or says why not. The bytes must not change afterwards. */
  push(bytes: Uint8Array): BatchRefusal | undefined {
    const { options, theirBuffer } = this.#ports;
    if (bytes.length > theirBuffer) return "too_large";
    if (this.#held + bytes.length + BATCH_COST > options.sendBufferSize) return "full";
    this.#held += bytes.length + BATCH_COST;
    this.#waiting.push({ bytes, number: this.#batch, offset: 0 });
    this.#batch = (this.#batch + 1) & 0xff;
    return undefined;
  }

  /** Sends what may leave now. */
  flush(now: Millis): void {
    this.#pacedUntil = undefined;
    for (let size = this.#nextSize(); size !== undefined; size = this.#nextSize()) {
      if (this.#flying > 0 && this.#flying + size > this.#window.bytes) return;
      if (!this.#pace.take(size, now)) {
        this.#pacedUntil = this.#pace.readyAt(size, now);
        return;
      }
      this.#send(this.#nextFlight(now), now);
    }
  }

  /** Takes an acknowledgement: `next` and every number before it, and `numbers`. */
  acknowledge({ next, numbers }: {
    readonly next: number | undefined;
    readonly numbers: readonly number[];
  }, now: Millis): void {
    const settled: Flight[] = [];
    const settle = (number: number) => {
      const flight = this.#remove(number);
      if (flight) settled.push(flight);
    };
    // An acknowledgement of packets that were never sent says nothing.
    if (next !== undefined && distance(next, this.#number) <= 0) {
      for (let n = this.#base; distance(next, n) > 0; n = following(n)) settle(n);
    }
    for (const number of numbers) settle(number);
    this.#advanceBase();
    if (settled.length > 0) this.#measure(settled, now);
  }

  /** Takes a repeat request. */
  repeat(numbers: readonly number[], now: Millis): void {
    const rtt = this.#ports.roundTrip.smoothed ?? 0;
    for (const number of numbers) {
      const flight = this.#flights.get(number);
      if (!flight || now - flight.sentAt < rtt * ANSWERED) continue;
      this.#lose(flight);
      this.#window.lost({ rtt, now });
    }
  }

  /** Handles timeouts that have passed; false when a packet was sent too often without an acknowledgement. */
  advance(now: Millis): boolean {
    const { roundTrip, options } = this.#ports;
    const { timeout } = roundTrip;
    let isSilent = false;
    for (const flight of this.#flights.values()) {
      if (now < flight.sentAt + timeout) break;
      if (flight.attempts >= options.maxAttempts) return false;
      isSilent ||= this.#acknowledgedAt < flight.sentAt;
      this.#lose(flight);
    }
    if (isSilent) {
      roundTrip.backOff();
      this.#window.timedOut();
    }
    return true;
  }

  /** When `advance` or `flush` has something to do; `undefined` while nothing waits. */
  get deadline(): Millis | undefined {
    const [oldest] = this.#flights.values();
    const timeout = oldest && oldest.sentAt + this.#ports.roundTrip.timeout;
    if (timeout === undefined) return this.#pacedUntil;
    return Math.min(timeout, this.#pacedUntil ?? Infinity) as Millis;
  }

  /** The path is another one: what was measured of the old one is forgotten. */
  moved(): void {
    this.#window.reset();
    this.#limit = this.#ports.payload.most;
    this.#provenAt = -Infinity;
  }

  /** The size of the next sending; `undefined` when there is none. */
  #nextSize(): number | undefined {
    const [lost] = this.#lost.values();
    if (lost) return lost.size;
    const [waiting] = this.#waiting;
    if (!waiting || distance(this.#number, this.#base) >= MAX_AHEAD) return undefined;
    const payload = Math.min(this.#limit, waiting.bytes.length - waiting.offset);
    return payload + this.#ports.payload.overhead;
  }

  /** Takes the next packet: one to send again, or a new one. */
  #nextFlight(now: Millis): Flight {
    const [lost] = this.#lost.values();
    if (lost) {
      this.#lost.delete(lost.packet.number);
      this.#resent++;
      return lost;
    }
    const waiting = this.#waiting[0]!;
    const { bytes, number: batch, offset } = waiting;
    const payload = bytes.subarray(offset, offset + this.#limit);
    waiting.offset += payload.length;
    const last = waiting.offset === bytes.length;
    if (last) this.#waiting.shift();
    const number = this.#number;
    this.#number = following(number);
    const packet = { type: "data", number, batch, first: offset === 0, last, payload } as const;
    const size = payload.length + this.#ports.payload.overhead;
    return { packet, size, sentAt: now, attempts: 0, inParts: false };
  }

  #send(flight: Flight, now: Millis): void {
    const { packet, size } = flight;
    flight.sentAt = now;
    flight.attempts++;
    this.#flights.set(packet.number, flight);
    this.#flying += size;
    this.#window.sent();
    flight.inParts = this.#needsParts(flight, now);
    if (!flight.inParts) return this.#ports.emit(packet);
    const count = Math.ceil(packet.payload.length / SMALL_PAYLOAD);
    for (let index = 0; index < count; index++) {
      const from = index * SMALL_PAYLOAD;
      const payload = packet.payload.subarray(from, from + SMALL_PAYLOAD);
      this.#ports.emit({ ...packet, part: { index, count }, payload });
    }
  }

  /** Whether a packet was sent whole so often in vain that the path may not carry its size. */
  #needsParts({ packet, attempts }: Flight, now: Millis): boolean {
    if (!this.#ports.allowsParts || packet.payload.length <= SMALL_PAYLOAD) return false;
    const isProven = now - this.#provenAt < PROOF_LASTS;
    if (attempts <= (isProven ? WHOLE_ATTEMPTS.proven : WHOLE_ATTEMPTS.unproven)) return false;
    if (!isProven) this.#limit = SMALL_PAYLOAD;
    return true;
  }

  #lose(flight: Flight): void {
    this.#flights.delete(flight.packet.number);
    this.#lost.set(flight.packet.number, flight);
    this.#flying -= flight.size;
  }

  #remove(number: number): Flight | undefined {
    const flight = this.#flights.get(number);
    if (flight) this.#flying -= flight.size;
    const found = flight ?? this.#lost.get(number);
    if (!found) return undefined;
    this.#flights.delete(number);
    this.#lost.delete(number);
    this.#held -= found.packet.payload.length + (found.packet.last ? BATCH_COST : 0);
    return found;
  }

  #advanceBase(): void {
    while (
      this.#base !== this.#number && !this.#flights.has(this.#base) && !this.#lost.has(this.#base)
    ) this.#base = following(this.#base);
  }

  #measure(settled: readonly Flight[], now: Millis): void {
    this.#acknowledgedAt = now;
    this.#ports.roundTrip.recovered();
    let bytes = 0;
    let newest: Flight | undefined;
    for (const flight of settled) {
      bytes += flight.size;
      if (flight.inParts) this.#provenAt = -Infinity;
      else if (flight.packet.payload.length > SMALL_PAYLOAD) this.#provenAt = now;
      if (flight.attempts === 1 && !(newest && newest.sentAt > flight.sentAt)) newest = flight;
    }
    if (!newest) return;
    const rtt = now - newest.sentAt;
    this.#ports.roundTrip.sample(rtt);
    this.#window.acknowledged(bytes, { rtt, now });
  }
}

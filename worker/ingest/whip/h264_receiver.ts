/**
 * RTP packets of H.264 (RFC 6184, packetization modes 0 and 1) → access units in decoding order. Packets are put in
 * order; what is lost costs its access unit and all that follow up to a keyframe, which is asked for. Pure.
 *
 * @module
 */
import { concat } from "../../../protocol/bytes/concat.ts";
import { joinNals, NalType, nalType } from "../../../media/annexb.ts";
import type { Millis } from "../../../protocol/clock.ts";
import type { MediaPacket } from "./ports.ts";

/** A larger access unit is dropped, in bytes. */
const MAX_UNIT = 4 * 1024 * 1024;
/** Most NAL units of an access unit. */
const MAX_NALS = 1_024;
/** Most packets that wait for a missing one. */
const MAX_WAITING = 1_024;
/** How long packets wait for a missing one, in milliseconds. */
export const REORDER_LIMIT = 250;
/** A stream without keyframes goes on this long after a loss, in milliseconds. */
export const KEYFRAME_LIMIT = 5_000;

/** Payload structures (RFC 6184, table 1). */
const LAST_SINGLE = 23;
const STAP_A = 24;
const FU_A = 28;
/** Bits of a fragment's header (RFC 6184 §5.8). */
const START = 0x80;
const END = 0x40;

/** Receives what the packets hold. */
export interface H264Listener {
  /** A whole access unit in Annex B form. `pts` in ticks of 90 kHz, without wrap-around. */
  unit(data: Uint8Array<ArrayBuffer>, pts: number): void;
  /** Something was lost, or no keyframe has come yet: one is needed. */
  keyframeNeeded(): void;
}

/** Counts since the start. */
export interface ReceivedCounts {
  readonly packets: number;
  readonly lost: number;
  readonly damagedUnits: number;
}

/** Puts the access units of one stream together. */
export class H264Receiver {
  readonly #listener: H264Listener;
  /** Packets behind a gap, by their extended number, and when each came. */
  readonly #waiting = new Map<number, { readonly packet: MediaPacket; readonly at: Millis }>();
  #next: number | undefined;
  #time: number | undefined;
  #nals: Uint8Array[] = [];
  #fragments: Uint8Array[] | undefined;
  #size = 0;
  #isDamaged = false;
  /** Since when pictures are dropped up to a keyframe. */
  #lostAt: Millis | undefined;
  /** Whether a keyframe has come. */
  #hasBegun = false;
  #counts = { packets: 0, lost: 0, damagedUnits: 0 };

  constructor(listener: H264Listener) {
    this.#listener = listener;
  }

  get counts(): ReceivedCounts {
    return { ...this.#counts };
  }

  /** Takes a packet, which was received at `now`. */
  push(packet: MediaPacket, now: Millis): void {
    this.#next ??= packet.sequenceNumber;
    const number = extended(packet.sequenceNumber, { near: this.#next, bits: 16 });
    if (number < this.#next || this.#waiting.has(number)) return;
    this.#counts.packets += 1;
    this.#waiting.set(number, { packet, at: now });
    this.#drain(now);
    if (this.#waiting.size >= MAX_WAITING) this.#skip(now);
  }

  /** Gives up what is missing for too long. Call it every 100 ms. */
  turn(now: Millis): void {
    const isLate = () => this.#waiting.values().some(({ at }) => now - at >= REORDER_LIMIT);
    while (isLate()) this.#skip(now);
  }

  #drain(now: Millis): void {
    for (;;) {
      const found = this.#waiting.get(this.#next!);
      if (!found) return;
      this.#waiting.delete(this.#next!);
      this.#next! += 1;
      this.#take(found.packet, now);
    }
  }

  /** The packets up to the first that waits are lost. */
  #skip(now: Millis): void {
    const first = Math.min(...this.#waiting.keys());
    this.#counts.lost += first - this.#next!;
    this.#next = first;
    this.#isDamaged = true;
    this.#drain(now);
  }

  #take({ timestamp, marker, payload }: MediaPacket, now: Millis): void {
    const time = extended(timestamp, { near: this.#time ?? timestamp, bits: 32 });
    // The packet with the marker was lost.
    if (this.#time !== undefined && time !== this.#time) this.#finish(now);
    this.#time = time;
    this.#read(payload);
    if (marker) this.#finish(now);
  }

  #read(payload: Uint8Array): void {
    const type = payload.length > 0 ? nalType(payload) : 0;
    if (type === FU_A) return this.#readFragment(payload);
    if (this.#fragments) this.#isDamaged = true;
    this.#fragments = undefined;
    if (type >= 1 && type <= LAST_SINGLE) return this.#add(payload);
    if (type !== STAP_A) return;
    for (let at = 1; at + 2 < payload.length;) {
      const size = payload[at]! << 8 | payload[at + 1]!;
      const nal = payload.subarray(at + 2, at + 2 + size);
      if (size === 0 || nal.length < size) return void (this.#isDamaged = true);
      this.#add(nal);
      at += 2 + size;
    }
  }

  #readFragment(payload: Uint8Array): void {
    const [indicator, header] = payload;
    if (indicator === undefined || header === undefined) return;
    if (header & START) {
      if (this.#fragments) this.#isDamaged = true;
      this.#fragments = [Uint8Array.of((indicator & 0xe0) | (header & 0x1f))];
    }
    if (!this.#fragments) return void (this.#isDamaged = true);
    this.#size += payload.length;
    if (this.#size > MAX_UNIT) return this.#tooLarge();
    this.#fragments.push(payload.subarray(2));
    if (!(header & END)) return;
    const whole = concat(this.#fragments);
    this.#fragments = undefined;
    this.#size -= whole.length;
    this.#add(whole);
  }

  #add(nal: Uint8Array): void {
    this.#size += nal.length;
    if (this.#size > MAX_UNIT || this.#nals.length >= MAX_NALS) return this.#tooLarge();
    this.#nals.push(nal);
  }

  #tooLarge(): void {
    this.#isDamaged = true;
    this.#nals = [];
    this.#fragments = undefined;
  }

  #finish(now: Millis): void {
    // Nothing came: a loss before this concerns the unit that follows.
    if (this.#size === 0 && !this.#fragments) return;
    const nals = this.#nals;
    const isDamaged = this.#isDamaged || this.#fragments !== undefined;
    this.#nals = [];
    this.#fragments = undefined;
    this.#size = 0;
    this.#isDamaged = false;
    if (isDamaged) {
      this.#counts.damagedUnits += 1;
      this.#lostAt ??= now;
    }
    const isKeyframe = nals.some((nal) => nalType(nal) === NalType.idr);
    const hasWaited = this.#lostAt !== undefined && now - this.#lostAt >= KEYFRAME_LIMIT;
    if (!isDamaged && (isKeyframe || hasWaited)) this.#lostAt = undefined;
    this.#hasBegun ||= isKeyframe && !isDamaged;
    if (this.#lostAt !== undefined || !this.#hasBegun) this.#listener.keyframeNeeded();
    if (this.#lostAt === undefined) this.#listener.unit(joinNals(nals), this.#time!);
  }
}

/** The number without wrap-around that is nearest to `near` and has these low bits. */
function extended(
  value: number,
  { near, bits }: { readonly near: number; readonly bits: 16 | 32 },
): number {
  const span = 2 ** bits;
  const base = near - (((near % span) + span) % span) + value;
  return [base - span, base, base + span].reduce((best, each) =>
    Math.abs(each - near) < Math.abs(best - near) ? each : best
  );
}

/**
 * Puts the packets of a bonded link in order, waits for missing ones for as long as the latency allows, and passes them
 * on with the sender's spacing. Without sockets or a clock.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { TICKS } from "./packet.ts";

/** Most packets that wait, and the longest gap that is taken for losses; beyond it the order begins anew. */
const MAX_WAITING = 8_192;
/** Time over which the quickest way is remembered: clocks of two machines drift, in milliseconds. */
const DRIFT_WINDOW = 5_000;
/** Numbers below the first one that may still begin a stream: paths do not start alike. */
const EARLY = 64;

interface Waiting {
  readonly payload: Uint8Array;
  /** On the sender's clock, in milliseconds. */
  readonly sentAt: number;
}

/** A packet that did not come yet. */
interface Missing {
  readonly since: Millis;
  askedAt: Millis | undefined;
  asks: number;
}

/** Packets since the beginning: passed on; of them, sent again; never come; come too late. */
export interface ReorderCounts {
  readonly delivered: number;
  readonly recovered: number;
  readonly lost: number;
  readonly late: number;
}

/** The packets of one stream. */
export class ReorderBuffer {
  readonly missing = new Map<number, Missing>();
  readonly #latency: number;
  readonly #deliver: (payload: Uint8Array) => void;
  readonly #waiting = new Map<number, Waiting>();
  #counts = { delivered: 0, recovered: 0, lost: 0, late: 0 };
  /** The next number to deliver, and the highest that came; extended beyond 16 bits. */
  #next: number | undefined;
  #highest = 0;
  #hasDelivered = false;
  #newestTicks = 0;
  /** The least time on the way, of this window and of the one before it. */
  #offset = { now: Infinity, before: Infinity, since: 0 as Millis };

  constructor({ latency, deliver }: {
    readonly latency: number;
    readonly deliver: (payload: Uint8Array) => void;
  }) {
    this.#latency = latency;
    this.#deliver = deliver;
  }

  get counts(): ReorderCounts {
    return this.#counts;
  }

  get highest(): number {
    return this.#highest;
  }

  /** The sender's newest number: what is below it and did not come is missing. */
  announce(number: number, now: Millis): void {
    if (this.#next === undefined) return;
    const wide = nearest(number, this.#highest, 2 ** 16);
    if (wide - this.#highest <= MAX_WAITING) this.#miss(wide + 1, now);
    this.#highest = Math.max(this.#highest, wide);
  }

  /** Another stream begins; what waits is dropped. */
  restart(): void {
    this.#waiting.clear();
    this.missing.clear();
    this.#next = undefined;
    this.#hasDelivered = false;
    this.#offset = { now: Infinity, before: Infinity, since: 0 as Millis };
  }

  /**
   * A packet came. Returns its number beyond 16 bits, and its time on the way against the sender's clock, in
   * milliseconds.
   */
  push(
    { number, timestamp, payload, isRepeat }: {
      readonly number: number;
      readonly timestamp: number;
      readonly payload: Uint8Array;
      readonly isRepeat: boolean;
    },
    now: Millis,
  ): { readonly number: number; readonly transit: number } {
    if (this.#next === undefined) this.begin(number, timestamp);
    const wide = nearest(number, this.#highest, 2 ** 16);
    const ticks = nearest(timestamp, this.#newestTicks, 2 ** 32);
    const sentAt = ticks / TICKS;
    if (Math.abs(wide - this.#highest) > MAX_WAITING) {
      this.restart();
      this.begin(number, timestamp);
      return this.push({ number, timestamp, payload, isRepeat }, now);
    }
    const transit = now - sentAt;
    if (!isRepeat) this.#measure(transit, now);
    if (!this.#hasDelivered && wide < this.#next! && wide > this.#next! - EARLY) this.#next = wide;
    if (wide < this.#next!) {
      if (this.missing.delete(wide)) this.#counts.late += 1;
      return { number: wide, transit };
    }
    if (this.#waiting.has(wide)) return { number: wide, transit };
    this.#miss(wide, now);
    const wasMissing = this.missing.delete(wide);
    if (wasMissing && isRepeat) this.#counts.recovered += 1;
    this.#highest = Math.max(this.#highest, wide);
    this.#newestTicks = Math.max(this.#newestTicks, ticks);
    this.#waiting.set(wide, { payload, sentAt });
    return { number: wide, transit };
  }

  /** Delivers what is due. A packet that is missing is waited for until the next one is due. */
  release(now: Millis): void {
    let next = this.#next;
    if (next === undefined) return;
    const least = Math.min(this.#offset.now, this.#offset.before);
    while (this.#waiting.size > 0) {
      let at: number = next;
      while (!this.#waiting.has(at)) at += 1;
      const { payload, sentAt } = this.#waiting.get(at)!;
      if (sentAt + least + this.#latency > now) break;
      this.#counts.lost += at - next;
      this.#waiting.delete(at);
      next = at + 1;
      this.#next = next;
      this.#hasDelivered = true;
      this.#counts.delivered += 1;
      this.#deliver(payload);
    }
    // Kept a while longer, to tell a late packet from a second copy.
    for (const [number] of this.missing) {
      if (number >= next - 1_024) break;
      this.missing.delete(number);
    }
  }

  /** Missing packets that are still of use. */
  wanted(): Iterable<[number: number, missing: Missing]> {
    const next = this.#next ?? 0;
    return this.missing.entries().filter(([number]) => number >= next);
  }

  #miss(before: number, now: Millis): void {
    for (let gap = this.#highest + 1; gap < before; gap++) {
      this.missing.set(gap, { since: now, askedAt: undefined, asks: 0 });
    }
  }

  /** A stream begins with this number. */
  begin(number: number, timestamp: number): void {
    // High enough that numbers before it are above zero.
    this.#next = number + 2 ** 16;
    this.#highest = this.#next - 1;
    this.#newestTicks = timestamp + 2 ** 32;
  }

  #measure(transit: number, now: Millis): void {
    if (now - this.#offset.since > DRIFT_WINDOW) {
      const { now: before } = this.#offset;
      this.#offset = { now: Infinity, before, since: now };
    }
    this.#offset.now = Math.min(this.#offset.now, transit);
  }
}

/** The number near `to` that is `value` on a circle of this length. */
function nearest(value: number, to: number, circle: number): number {
  const base = to - to % circle + value;
  if (base - to > circle / 2) return base - circle;
  return to - base > circle / 2 ? base + circle : base;
}

/**
 * One direction of an impaired network, without sockets or a clock: packets go in with the time, and come out when they
 * arrive. The same packets at the same times with the same seed have the same fate.
 *
 * ```text
 * push → [queue, drop-tail] → bottleneck → loss → delay, jitter → [flight] → take
 * ```
 *
 * Each packet draws the same count of random numbers when it enters, used or not, so that a condition more or less does
 * not change what happens to the packets after it. It meets the conditions at the instant that it leaves the queue.
 *
 * @module
 */
import type { Random } from "../../../protocol/random.ts";
import { type Conditions, HEADER_BYTES, phaseAt, type Script } from "./conditions.ts";

/** Most packets on the way after the queue; further ones are dropped. */
export const MAX_IN_FLIGHT = 20_000;
/** Most packets in the queue; further ones are dropped. */
export const MAX_QUEUED = 20_000;

/** Sums of fractions miss a packet's size by less than this, in bits; the next packet waits for what was missing. */
const TOLERANCE = 1;

/** A packet: bytes, or anything that has a size. */
export interface Sized {
  readonly byteLength: number;
}

/** What happened to packets so far. `pushed + duplicated` is the sum of all others and of those under way. */
export interface PathCounts {
  pushed: number;
  /** Bytes of the packets that were given, headers counted. */
  pushedBytes: number;
  delivered: number;
  /** Bytes of the delivered packets, headers counted. */
  deliveredBytes: number;
  duplicated: number;
  /** Lost at random or in a burst. */
  lost: number;
  /** Dropped because the queue was full. */
  overflowed: number;
  /** Lost in a blackout. */
  blackedOut: number;
}

/** The random numbers of one packet, each in [0, 1). */
interface Draws {
  readonly burst: number;
  readonly loss: number;
  readonly jitter: number;
  readonly reorder: number;
  readonly duplicate: number;
}

interface Queued<T> {
  readonly packet: T;
  readonly bits: number;
  readonly draws: Draws;
}

interface Flying<T> {
  readonly packet: T;
  readonly at: number;
}

/** One direction. Times are milliseconds of any clock; they must not go back. */
export class NetworkPath<T extends Sized> {
  readonly counts: PathCounts = {
    pushed: 0,
    pushedBytes: 0,
    delivered: 0,
    deliveredBytes: 0,
    duplicated: 0,
    lost: 0,
    overflowed: 0,
    blackedOut: 0,
  };
  readonly #random: Random;
  #script: Script;
  #scriptBegan: number;
  /** Everything up to this instant has happened. */
  #now: number;
  #queue: Queued<T>[] = [];
  #queuedBits = 0;
  /** Bits that the bottleneck may pass at once. */
  #credit = 0;
  #inBurst = false;
  /** By arrival; equal arrivals in the order they left the queue. */
  #flight: Flying<T>[] = [];
  /** The latest arrival so far, of packets that must not be overtaken. */
  #lastArrival = -Infinity;
  #arrived: T[] = [];

  constructor({ script, random, now }: {
    readonly script: Script;
    readonly random: Random;
    /** When the script begins. */
    readonly now: number;
  }) {
    this.#script = script;
    this.#random = random;
    this.#scriptBegan = now;
    this.#now = now;
  }

  /** Begins another script. Packets under way stay under way. */
  change(script: Script, now: number): void {
    this.#advance(now);
    this.#script = script;
    this.#scriptBegan = now;
  }

  /** Gives a packet to the network. */
  push(packet: T, now: number): void {
    this.#advance(now);
    this.counts.pushed += 1;
    this.counts.pushedBytes += packet.byteLength + HEADER_BYTES;
    const draws = this.#draw();
    const { blackout, bottleneck } = this.#phase().conditions;
    const bits = 8 * (packet.byteLength + HEADER_BYTES);
    if (blackout) {
      this.counts.blackedOut += 1;
      return;
    }
    if (bottleneck && this.#queue.length > 0) {
      const waitMs = 1000 * (this.#queuedBits + bits - this.#credit) / bottleneck.rate;
      if (waitMs > bottleneck.queueMs || this.#queue.length >= MAX_QUEUED) {
        this.counts.overflowed += 1;
        return;
      }
    }
    this.#queue.push({ packet, bits, draws });
    this.#queuedBits += bits;
    this.#advance(now);
  }

  /** The packets that have arrived since the last call, in order of arrival. */
  take(now: number): T[] {
    this.#advance(now);
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /**
   * When to call {@linkcode take} next: the next arrival, departure from the queue, or change of conditions while
   * packets wait. `undefined` while nothing is under way.
   */
  get nextAt(): number | undefined {
    if (this.#arrived.length > 0) return this.#now;
    const times = [this.#flight[0]?.at, this.#queue.length > 0 ? this.#departure() : undefined]
      .filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #draw(): Draws {
    return {
      burst: this.#random.unit(),
      loss: this.#random.unit(),
      jitter: this.#random.unit(),
      reorder: this.#random.unit(),
      duplicate: this.#random.unit(),
    };
  }

  #phase(): ReturnType<typeof phaseAt> {
    return phaseAt(this.#script, this.#now - this.#scriptBegan);
  }

  /** Lets everything happen up to an instant, in order of time: arrivals, departures, changes of conditions. */
  #advance(to: number): void {
    while (true) {
      this.#depart();
      this.#arrive();
      if (this.#now >= to) return;
      const { remainingMs } = this.#phase();
      const next = Math.min(
        to,
        this.#flight[0]?.at ?? Infinity,
        this.#queue.length > 0 ? this.#departure() : Infinity,
        this.#now + remainingMs,
      );
      this.#gain(next);
      this.#now = next;
    }
  }

  /** When the first packet of the queue leaves it, or the conditions change before that. */
  #departure(): number {
    const { conditions, remainingMs } = this.#phase();
    const missing = this.#queue[0]!.bits - this.#credit;
    const rate = conditions.blackout ? Infinity : conditions.bottleneck?.rate ?? Infinity;
    const waitMs = missing <= 0 ? 0 : 1000 * missing / rate;
    return this.#now + Math.min(waitMs, remainingMs);
  }

  /** The bottleneck's credit grows until `next`, which lies within one phase. */
  #gain(next: number): void {
    const { bottleneck } = this.#phase().conditions;
    if (!bottleneck) return;
    const bucket = 8 * (bottleneck.bucketBytes ?? 0);
    const most = Math.max(bucket, this.#queue[0]?.bits ?? 0);
    this.#credit = Math.min(most, this.#credit + bottleneck.rate * (next - this.#now) / 1000);
  }

  /** Takes from the queue what may leave it at this instant. */
  #depart(): void {
    const { conditions } = this.#phase();
    const isLimited = conditions.bottleneck !== undefined && !conditions.blackout;
    while (this.#queue.length > 0) {
      const { packet, bits, draws } = this.#queue[0]!;
      if (isLimited && this.#credit + TOLERANCE < bits) return;
      if (isLimited) this.#credit -= bits;
      this.#queue.shift();
      this.#queuedBits -= bits;
      this.#fly(packet, draws, conditions);
    }
    this.#queuedBits = 0;
    if (isLimited) {
      this.#credit = Math.min(this.#credit, 8 * (conditions.bottleneck!.bucketBytes ?? 0));
    }
  }

  #fly(packet: T, draws: Draws, conditions: Conditions): void {
    if (conditions.blackout) {
      this.counts.blackedOut += 1;
      return;
    }
    if (this.#isLost(draws, conditions) || this.#flight.length >= MAX_IN_FLIGHT) {
      this.counts.lost += 1;
      return;
    }
    const { delayMs = 0, jitterMs = 0, jitterReorders = false, reorder, duplicate = 0 } =
      conditions;
    let at = this.#now + Math.max(0, delayMs + (2 * draws.jitter - 1) * jitterMs);
    const isHeld = reorder !== undefined && draws.reorder < reorder.share;
    if (isHeld) at += reorder.byMs;
    else if (!jitterReorders) {
      at = Math.max(at, this.#lastArrival);
      this.#lastArrival = at;
    }
    this.#land({ packet, at });
    if (draws.duplicate < duplicate) {
      this.counts.duplicated += 1;
      this.#land({ packet, at });
    }
  }

  /** The Gilbert model: every packet of a burst is lost, none outside it. */
  #isLost({ burst: draw, loss: lossDraw }: Draws, { burst, loss = 0 }: Conditions): boolean {
    if (burst === undefined || burst.share === 0) this.#inBurst = false;
    else {
      const leave = 1 / burst.length;
      const enter = leave * burst.share / (1 - burst.share);
      this.#inBurst = this.#inBurst ? draw >= leave : draw < enter;
    }
    return this.#inBurst || lossDraw < loss;
  }

  #land(flying: Flying<T>): void {
    let place = this.#flight.length;
    while (place > 0 && this.#flight[place - 1]!.at > flying.at) place -= 1;
    this.#flight.splice(place, 0, flying);
  }

  #arrive(): void {
    let count = 0;
    while (count < this.#flight.length && this.#flight[count]!.at <= this.#now) count += 1;
    if (count === 0) return;
    const landed = this.#flight.splice(0, count);
    if (this.#phase().conditions.blackout) {
      this.counts.blackedOut += count;
      return;
    }
    for (const { packet } of landed) {
      this.counts.delivered += 1;
      this.counts.deliveredBytes += packet.byteLength + HEADER_BYTES;
      this.#arrived.push(packet);
    }
  }
}

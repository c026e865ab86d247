/**
 * What of one viewer's pictures is on its way over a media socket, and how well the path carries it. TCP loses nothing:
 * a path that carries too little shows in pictures that arrive ever later. The page reports each picture that arrived.
 *
 * ```text
 *  queue = age of the oldest picture on its way − the quickest report so far
 *  full: queue > 200 ms, or 1 MiB on the way      clear again: nothing is on its way
 * ```
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";

/** The longest queue of a path before pictures are dropped, in milliseconds. */
export const LONGEST_QUEUE = 200;
/** A queue that is longer than this means that the path carries less than is sent, in milliseconds. */
const CONGESTED_QUEUE = 80;
/** Before the first report a picture may take this much longer, in milliseconds. */
const FIRST_ROUND_TRIP = 500;
/** Most bytes on their way. */
export const MAX_IN_FLIGHT = 1024 * 1024;
/** The quickest report of this long counts, so that a path that became longer is judged anew. Milliseconds. */
const BASE_WINDOW = 20_000;
/** Arrived bytes are counted over this long, in milliseconds. */
const RATE_WINDOW = 500;
/** The bitrate of a path that was not found to be full, bits per second. */
export const CLEAR = 100_000_000;
/** A congested path is given this share of what arrived, and at most this share of what it was given before. */
const ARRIVED_SHARE = 0.85;
const STEP_DOWN = 0.9;

interface Picture {
  readonly number: number;
  readonly bytes: number;
  readonly at: Millis;
}

/** The pictures on their way to one viewer. */
export class InFlight {
  readonly #clock: Clock;
  #pictures: Picture[] = [];
  #bytes = 0;
  #arrived: { readonly at: Millis; readonly bytes: number }[] = [];
  /** The quickest reports of this window and of the one before. */
  #base = { since: 0 as Millis, quickest: Infinity, before: Infinity };
  /** The queue by the newest report, in milliseconds. */
  #queue = 0;
  #estimate = CLEAR;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether nothing is on its way. */
  get isEmpty(): boolean {
    return this.#pictures.length === 0;
  }

  /** How much longer the oldest picture on its way takes than the quickest took, in milliseconds. */
  get delay(): number {
    const [oldest] = this.#pictures;
    const quickest = Math.min(this.#base.quickest, this.#base.before);
    if (!oldest) return 0;
    return this.#clock.now() - oldest.at - (quickest === Infinity ? FIRST_ROUND_TRIP : quickest);
  }

  /** Whether another picture would wait too long. */
  get isFull(): boolean {
    return this.#bytes >= MAX_IN_FLIGHT || this.delay > LONGEST_QUEUE;
  }

  /** A picture was sent. Numbers count up, modulo 2³². */
  sent(number: number, bytes: number): void {
    this.#pictures.push({ number, bytes, at: this.#clock.now() });
    this.#bytes += bytes;
  }

  /** The page reports that every picture up to `number` arrived. A number that is not on its way changes nothing. */
  received(number: number): void {
    const last = this.#pictures.findIndex((picture) => picture.number === number);
    if (last < 0) return;
    const now = this.#clock.now();
    const arrived = this.#pictures.splice(0, last + 1);
    const bytes = arrived.reduce((sum, picture) => sum + picture.bytes, 0);
    this.#bytes -= bytes;
    this.#arrived.push({ at: now, bytes });
    this.#measured(now - arrived.at(-1)!.at, now);
  }

  /**
   * The bitrate that the path carries as far as is known, bits per second; {@linkcode CLEAR} while no queue grows.
   * Call it four times a second.
   */
  estimate(): number {
    const now = this.#clock.now();
    this.#arrived = this.#arrived.filter(({ at }) => now - at < RATE_WINDOW);
    const isCongested = Math.max(this.delay, this.#queue) > CONGESTED_QUEUE;
    if (!isCongested) return this.#estimate = CLEAR;
    const bits = this.#arrived.reduce((sum, { bytes }) => sum + bytes * 8, 0);
    const carried = ARRIVED_SHARE * bits * 1000 / RATE_WINDOW;
    return this.#estimate = Math.min(carried, STEP_DOWN * this.#estimate);
  }

  #measured(roundTrip: number, now: Millis): void {
    if (now - this.#base.since > BASE_WINDOW) {
      this.#base = { since: now, quickest: roundTrip, before: this.#base.quickest };
    }
    this.#base.quickest = Math.min(this.#base.quickest, roundTrip);
    this.#queue = roundTrip - Math.min(this.#base.quickest, this.#base.before);
  }
}

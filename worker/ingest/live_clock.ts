/**
 * RTP time of a live picture or sound: the sender's own spacing, placed on the receiver's clock, so that pictures
 * drawn here and pictures from there are one flow that never runs backwards.
 *
 * @module
 */
import { CLOCK_RATE } from "../../media/mpegts/packet.ts";
import type { Millis } from "../../protocol/clock.ts";

/** A time this far from the receiver's clock belongs to a new flow (or the count of PTS came round), in milliseconds. */
const MAX_GAP = 3_000;

export class LiveClock {
  /** Ticks a millisecond of the times it tells. */
  readonly #rate: number;
  /** Receiver's time minus sender's time, in milliseconds. */
  #offset: number | undefined;
  #newest = -1;

  constructor(rate: number) {
    this.#rate = rate;
  }

  /** The time of something with this PTS (90 kHz) that came in at `now`; without a PTS, of now. */
  at(pts: number | undefined, now: Millis): number {
    let time: number = now;
    if (pts !== undefined) {
      const told = pts * 1000 / CLOCK_RATE;
      if (this.#offset === undefined || Math.abs(told + this.#offset - now) > MAX_GAP) {
        this.#offset = now - told;
      }
      time = told + this.#offset;
    }
    this.#newest = Math.max(this.#newest + 1, Math.round(time * this.#rate));
    return this.#newest >>> 0;
  }

  /** The sender begins anew. */
  restart(): void {
    this.#offset = undefined;
  }
}

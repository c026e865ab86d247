/**
 * RTP time of a live picture: the sender's own spacing, placed on the receiver's clock, so that pictures drawn here
 * and pictures from there are one flow that never runs backwards.
 *
 * @module
 */
import { CLOCK_RATE } from "../../media/mpegts/packet.ts";
import type { Millis } from "../../protocol/clock.ts";

const TICKS_PER_MS = CLOCK_RATE / 1000;
/** A time this far from the receiver's clock belongs to a new flow (or PTS came round), in ticks. */
const MAX_GAP = 3 * CLOCK_RATE;

export class LiveClock {
  /** Receiver's time minus sender's time, in ticks. */
  #offset: number | undefined;
  #newest = -1;

  /** Where a picture with this PTS that came in at `now` stands, in ticks; without a PTS, at now. */
  place(pts: number | undefined, now: Millis): number {
    const here = now * TICKS_PER_MS;
    if (pts === undefined) return here;
    if (this.#offset === undefined || Math.abs(pts + this.#offset - here) > MAX_GAP) {
      this.#offset = here - pts;
    }
    return pts + this.#offset;
  }

  /** The RTP timestamp of what is sent next and stands there: later than all before it. */
  next(place: number): number {
    this.#newest = Math.max(this.#newest + 1, Math.round(place));
    return this.#newest >>> 0;
  }

  /** The sender begins anew. */
  restart(): void {
    this.#offset = undefined;
  }
}

/**
 * RTP timestamps of live pictures. They have the spacing of the sender's PTS on the time base of the receiver's clock,
 * so that received pictures and the still pictures of this worker are one sequence of growing timestamps.
 *
 * @module
 */
import { CLOCK_RATE } from "../../media/mpegts/packet.ts";
import type { Millis } from "../../protocol/clock.ts";

const TICKS_PER_MS = CLOCK_RATE / 1000;
/**
 * A PTS this far from the receiver's clock begins a new sequence: the sender restarted, or PTS wrapped around. In
 * ticks.
 */
const MAX_GAP = 3 * CLOCK_RATE;

/** Makes the RTP timestamps of one stream. All times in ticks of 90 kHz. */
export class LiveClock {
  /** The receiver's time minus the sender's time. */
  #offset: number | undefined;
  #newest = -1;

  /** The time of a picture that was received at `now`, by its PTS; without a PTS, `now`. */
  place(pts: number | undefined, now: Millis): number {
    const here = now * TICKS_PER_MS;
    if (pts === undefined) return here;
    if (this.#offset === undefined || Math.abs(pts + this.#offset - here) > MAX_GAP) {
      this.#offset = here - pts;
    }
    return pts + this.#offset;
  }

  /** The RTP timestamp of the next picture, whose time is `place`; later than all timestamps before. */
  next(place: number): number {
    this.#newest = Math.max(this.#newest + 1, Math.round(place));
    return this.#newest >>> 0;
  }

  /** The sender connected anew: its PTS may begin anywhere. */
  restart(): void {
    this.#offset = undefined;
  }
}

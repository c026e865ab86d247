/**
 * How the RTP timestamps of a room's pictures relate to the worker's clock. A stepped source stamps pictures by that
 * clock; those of a live stream have the spacing of the sender's, which drifts, so the relation is measured each second.
 *
 * Pictures of a live stream are held up on their way, each by another time. The quickest of the last seconds says how
 * the clocks relate; a mean would call the capture of a picture that was quicker than others later than its arrival, so
 * that its age could be negative. Where each picture says when its device captured it, nothing held that up: the mean of
 * a second is the relation.
 *
 * @module
 */
import type { CapturedFrame } from "../../media/ports.ts";
import { Mean } from "../../protocol/mean.ts";
import { changedOffset, mediaTimeOffset, offsetChange } from "../../protocol/picture/media_time.ts";

/** The quickest picture counts for so many calls of {@linkcode PictureTimes.take}, one a second. */
const KEPT = 10;
/** A second whose quickest picture is so far from those before it begins anew, in milliseconds: another stream's clock. */
const JUMP = 1_000;

/** How the pictures of a second relate to the worker's clock. */
export interface PictureTime {
  /**
   * What to add to a picture's RTP time to get when it would have come without being held up, in milliseconds modulo
   * 2³² / 90.
   */
  readonly offset: number;
  /** How much later the pictures of the second came, in the mean, in milliseconds; 0 where captures are known. */
  readonly late: number;
}

/** Measures the relation of one second after another. */
export class PictureTimes {
  /** The offset of the very first picture; all others are counted from it. */
  #origin: number | undefined;
  readonly #change = new Mean();
  #areStamped = true;
  #least = Infinity;
  /** The least of each of the last seconds. */
  #kept: number[] = [];

  /** Counts a picture. */
  add(
    { timestamp, capturedAt, origin }: Pick<CapturedFrame, "timestamp" | "capturedAt" | "origin">,
  ): void {
    this.#areStamped &&= origin?.type === "known";
    const offset = mediaTimeOffset(timestamp, capturedAt);
    this.#origin ??= offset;
    const change = offsetChange(this.#origin, offset);
    this.#change.add(change);
    this.#least = Math.min(this.#least, change);
  }

  /** The relation by the pictures since the last call; `undefined` when there was none. */
  take(): PictureTime | undefined {
    const mean = this.#change.take();
    if (mean === undefined || this.#origin === undefined) return undefined;
    const least = this.#least;
    const areStamped = this.#areStamped;
    this.#least = Infinity;
    this.#areStamped = true;
    if (areStamped) {
      this.#kept = [];
      return { offset: changedOffset(this.#origin, mean), late: 0 };
    }
    if (Math.abs(least - Math.min(...this.#kept)) > JUMP) this.#kept = [];
    this.#kept = [...this.#kept, least].slice(-KEPT);
    const quickest = Math.min(...this.#kept);
    return { offset: changedOffset(this.#origin, quickest), late: Math.max(0, mean - quickest) };
  }
}

/**
 * How the RTP timestamps of a room's pictures relate to the worker's clock. A stepped source stamps pictures by that
 * clock; those of a live stream have the spacing of the sender's, which drifts, so the relation is measured each second.
 *
 * @module
 */
import type { CapturedFrame } from "../../media/ports.ts";
import { Mean } from "../../protocol/mean.ts";
import { changedOffset, mediaTimeOffset, offsetChange } from "../../protocol/picture/media_time.ts";

/** Measures the relation of one second after another. */
export class PictureTimes {
  /** The offset of the first picture, and the mean change from it. */
  #first: number | undefined;
  readonly #change = new Mean();

  /** Counts a picture. */
  add({ timestamp, capturedAt }: Pick<CapturedFrame, "timestamp" | "capturedAt">): void {
    const offset = mediaTimeOffset(timestamp, capturedAt);
    this.#first ??= offset;
    this.#change.add(offsetChange(this.#first, offset));
  }

  /**
   * What to add to a picture's RTP time to get its capture on the worker's clock, in milliseconds modulo 2³² / 90: the
   * mean of the pictures since the last call. `undefined` when there was none.
   */
  take(): number | undefined {
    const change = this.#change.take();
    if (change === undefined || this.#first === undefined) return undefined;
    const offset = changedOffset(this.#first, change);
    this.#first = undefined;
    return offset;
  }
}

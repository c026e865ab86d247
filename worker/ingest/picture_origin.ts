/**
 * Reads when and how a picture came from the stamp of its device, and sums that up for a second. Pure.
 *
 * @module
 */
import type { CaptureStamp } from "../../media/mpegts/capture_stamp.ts";
import { Mean } from "../../protocol/mean.ts";
import type { OriginGap, PictureOrigin } from "../../protocol/picture/origin.ts";

/** A part of a picture's way that is longer is none: its stamp is on another clock. In milliseconds. */
const LONGEST = 60_000;
/** What a link may seem to take below zero beyond the stated error, in milliseconds. */
const SLACK = 5;

/**
 * The capture of a picture that was received at `arrivedAt`, both in milliseconds since 1970 by the worker's clock, and
 * how it came. Where the capture is not known, the picture counts as captured when it was received.
 */
export function originOf(
  stamp: CaptureStamp | undefined,
  arrivedAt: number,
): { readonly capturedAt: number; readonly origin: PictureOrigin } {
  const unknown = (why: OriginGap) =>
    ({ capturedAt: arrivedAt, origin: { type: "unknown", why } }) as const;
  if (!stamp) return unknown("not_stamped");
  if (stamp.type === "unknown") return unknown(stamp.why);
  const { device, error } = stamp;
  const measured = arrivedAt - stamp.capturedAt - device;
  const isOther = measured < -error - SLACK || measured > LONGEST || device > LONGEST;
  if (isOther || error > LONGEST) return unknown("other_clock");
  const link = Math.max(0, measured);
  return { capturedAt: arrivedAt - link - device, origin: { type: "known", device, link, error } };
}

/** Sums up the pictures of one second after another. */
export class OriginMeter {
  readonly #device = new Mean();
  readonly #link = new Mean();
  readonly #error = new Mean();
  #why: OriginGap | undefined;

  /** Counts a picture. */
  add(origin: PictureOrigin): void {
    if (origin.type === "unknown") {
      this.#why = origin.why;
      return;
    }
    this.#device.add(origin.device);
    this.#link.add(origin.link);
    this.#error.add(origin.error);
  }

  /** The mean of the pictures since the last call whose way is known; `undefined` when none came. */
  take(): PictureOrigin | undefined {
    const why = this.#why;
    this.#why = undefined;
    const [device, link, error] = [this.#device.take(), this.#link.take(), this.#error.take()];
    if (device !== undefined && link !== undefined && error !== undefined) {
      return { type: "known", device, link, error };
    }
    return why && { type: "unknown", why };
  }
}

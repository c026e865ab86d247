/**
 * What a field stream's picture went through before its worker received it, or why that is not known. The codes travel;
 * pages have the sentences.
 *
 * @module
 */

/**
 * Why a capture is not known: what sends the stream does not stamp its pictures; the device did not compare its clock
 * with the worker's as yet; its link cannot compare clocks; the stamp is on no clock that this worker knows. On the
 * wire of a `Telemetry` a reason is its place in this list.
 */
export const ORIGIN_GAPS = [
  "not_stamped",
  "not_compared",
  "not_comparable",
  "other_clock",
] as const;
/** One of the reasons. */
export type OriginGap = typeof ORIGIN_GAPS[number];

/** The way of one picture to its worker, or of a second's pictures in the mean. Times in milliseconds. */
export type PictureOrigin =
  | {
    readonly type: "known";
    /** From the capture until the device had compressed it. */
    readonly device: number;
    /** From then until the worker had received it: the link, with what it waits for packets that are sent again. */
    readonly link: number;
    /** The largest error of `link`. */
    readonly error: number;
  }
  | { readonly type: "unknown"; readonly why: OriginGap };

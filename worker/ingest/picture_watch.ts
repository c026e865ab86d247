/**
 * Decides how long a field stream without a picture is kept. Pure. It counts seconds instead of reading the clock:
 * after the machine was suspended, one late check does not end a stream.
 *
 * @module
 */

/**
 * Seconds that a stream is kept beyond the patience. A device whose input is lost ends the stream after the same
 * patience and reports a better reason, so the worker waits until it has done so.
 */
export const DEVICE_FIRST = 30;

/** Whether the stream is kept. `silent`: seconds in a row without a picture. */
export type PictureWatch = { readonly state: "kept"; readonly silent: number } | {
  readonly state: "over";
  /** Why the stream ends, a sentence. */
  readonly error: string;
};

/** The state of a new stream, which has no picture yet. */
export const NEW_WATCH: PictureWatch = { state: "kept", silent: 0 };

/** The state after one more second. `patience` in seconds. */
export function watchSecond(
  watch: PictureWatch,
  { hasPicture, patience }: { readonly hasPicture: boolean; readonly patience: number },
): PictureWatch {
  if (watch.state === "over") return watch;
  if (hasPicture) return NEW_WATCH;
  const silent = watch.silent + 1;
  const limit = patience + DEVICE_FIRST;
  return silent < limit
    ? { state: "kept", silent }
    : { state: "over", error: `No picture of the device came in for ${limit} s` };
}

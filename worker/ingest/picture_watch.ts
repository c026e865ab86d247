/**
 * How long a field stream without a picture is kept. A pure count of seconds: after the machine stood still, one late
 * second is no proof of silence.
 *
 * @module
 */

/** A device whose input is lost gives up after the same patience and with a better reason: it is let go first. */
export const DEVICE_FIRST = 30;

/** Seconds in a row without a picture. */
export type PictureWatch = { readonly state: "kept"; readonly silent: number } | {
  readonly state: "over";
  /** Why the stream ends, a sentence. */
  readonly error: string;
};

/** A stream that begins, without a picture yet. */
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

/**
 * Brings the RTP timestamps of pictures, which wrap around after 13 hours, to a clock in milliseconds.
 *
 * @module
 */

/** RTP's video clock, ticks a millisecond (RFC 6184 §8.2.1). */
const TICKS = 90;
/** RTP timestamps are modulo this. */
const CIRCLE = 2 ** 32;
/** Milliseconds after which RTP timestamps repeat. */
export const MEDIA_TIME_CIRCLE = CIRCLE / TICKS;

/**
 * What to add to the media time of a picture (`timestamp`, at 90 kHz) to get a time on another clock, modulo
 * {@linkcode MEDIA_TIME_CIRCLE}, in milliseconds from 0.
 */
export function mediaTimeOffset(timestamp: number, at: number): number {
  return modulo(at - timestamp / TICKS);
}

/** The time of a picture by its RTP timestamp and the offset; of all such times the one nearest to `near`. */
export function timeOfPicture(
  timestamp: number,
  { offset, near }: { readonly offset: number; readonly near: number },
): number {
  return near + signed(timestamp / TICKS + offset - near);
}

/** From offset `a` to offset `b` by the shorter way around the circle, in milliseconds. */
export function offsetChange(a: number, b: number): number {
  return signed(b - a);
}

/** The offset that lies `change` after `offset`. */
export function changedOffset(offset: number, change: number): number {
  return modulo(offset + change);
}

function modulo(ms: number): number {
  return ((ms % MEDIA_TIME_CIRCLE) + MEDIA_TIME_CIRCLE) % MEDIA_TIME_CIRCLE;
}

function signed(ms: number): number {
  const positive = modulo(ms);
  return positive > MEDIA_TIME_CIRCLE / 2 ? positive - MEDIA_TIME_CIRCLE : positive;
}

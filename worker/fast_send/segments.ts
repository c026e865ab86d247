/**
 * Which packets one message of UDP segmentation (GSO) may hold: packets of equal length and, as the last, a shorter one.
 *
 * @module
 */

/** Most packets of a message (`UDP_MAX_SEGMENTS` of older kernels). */
export const MOST_SEGMENTS = 64;
/** Most bytes of a message: an IP packet of 65,535 bytes without the headers of IPv6 and UDP. */
export const MOST_BYTES = 65_535 - 40 - 8;

/** The end of the message that begins with packet `first`: the index after its last packet. */
export function segmentsEnd(lengths: ArrayLike<number>, count: number, first: number): number {
  const size = lengths[first]!;
  let bytes = size;
  let end = first + 1;
  while (end < count && end - first < MOST_SEGMENTS) {
    const length = lengths[end]!;
    if (length > size || bytes + length > MOST_BYTES) break;
    bytes += length;
    end++;
    if (length < size) break;
  }
  return end;
}

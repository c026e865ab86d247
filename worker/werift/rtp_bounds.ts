/**
 * Whether a datagram of RTP (RFC 3550 §5.1) can be read in a bounded time. werift reads the header extension before it
 * proves a packet, however long the packet says that it is: at its longest for minutes, beyond the end of the packet.
 * Pure.
 *
 * @module
 */

/** The first bytes of RTP and RTCP (RFC 7983 §7), and the second ones of RTCP (RFC 5761 §4). */
const MEDIA = { first: 128, last: 191 };
const RTCP = { first: 192, last: 223 };
const HEADER = 12;
const EXTENSION_HEADER = 4;
const HAS_EXTENSION = 0x10;
const SOURCES = 0x0f;
/** The longest extension, in bytes: browsers and publishers use less than a hundred. */
const MOST_EXTENSION = 256;

/** Whether a datagram is no RTP, or holds as much extension as it says. */
export function isBoundedRtp(datagram: Uint8Array): boolean {
  const [first = 0, second = 0] = datagram;
  if (first < MEDIA.first || first > MEDIA.last) return true;
  if (second >= RTCP.first && second <= RTCP.last) return true;
  const at = HEADER + 4 * (first & SOURCES);
  if ((first & HAS_EXTENSION) === 0) return datagram.length >= at;
  if (datagram.length < at + EXTENSION_HEADER) return false;
  const length = 4 * (datagram[at + 2]! << 8 | datagram[at + 3]!);
  return length <= MOST_EXTENSION && at + EXTENSION_HEADER + length <= datagram.length;
}

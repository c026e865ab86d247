/**
 * Splits a VP8 frame into RTP payloads (RFC 7741). The payload descriptor is the mandatory byte only. Without a picture
 * id, receivers order frames by sequence number; the only gaps in it are lost packets.
 *
 * @module
 */
import { MAX_PAYLOAD } from "../../media/ports.ts";

/** Start of a VP8 partition (§4.2, bit S). The partition index is 0, because the split ignores partitions. */
const START = 0x10;

/** The RTP payloads of a VP8 frame, in order, each at most {@linkcode MAX_PAYLOAD} bytes and nearly the same size. */
export function vp8Payloads(data: Uint8Array): Uint8Array[] {
  const count = Math.ceil(data.length / (MAX_PAYLOAD - 1));
  const size = Math.ceil(data.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = data.subarray(index * size, (index + 1) * size);
    const payload = new Uint8Array(1 + part.length);
    payload[0] = index === 0 ? START : 0;
    payload.set(part, 1);
    return payload;
  });
}

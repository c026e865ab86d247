/**
 * Reads RTP packets as they come from the network (RFC 3550 §5.1). Pure.
 *
 * @module
 */
import type { MediaPacket } from "../whip/ports.ts";

/** A packet with the number of its sender's stream. */
export interface RtpPacket extends MediaPacket {
  readonly ssrc: number;
}

const FIXED = 12;
const VERSION = 2;
/** The first payload type that is agreed on outside of RTP; those of RTCP are below, seen as RTP. */
const FIRST_DYNAMIC = 96;

/** Reads a packet; `undefined` for what is none, or has no payload. */
export function readRtp(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < FIXED) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first, second] = [view.getUint8(0), view.getUint8(1)];
  if (first >> 6 !== VERSION || (second & 0x7f) < FIRST_DYNAMIC) return undefined;
  let start = FIXED + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (bytes.length < start + 4) return undefined;
    start += 4 + 4 * view.getUint16(start + 2);
  }
  const padding = first & 0x20 ? view.getUint8(bytes.length - 1) : 0;
  const end = bytes.length - padding;
  if (start >= end || (first & 0x20 && padding === 0)) return undefined;
  return {
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    marker: (second & 0x80) !== 0,
    payload: bytes.subarray(start, end),
  };
}

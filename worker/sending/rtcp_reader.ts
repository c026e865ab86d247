/**
 * Reads a browser's feedback on the media it receives from decrypted RTCP. Each packet is read within its own length,
 * so one packet of a datagram is never taken for a part of another. What cannot be read is ignored.
 *
 * @module
 */

/** One piece of feedback. */
export type Feedback =
  /** NACK (RFC 4585 §6.2.1): sequence numbers of lost packets of the stream `ssrc`. */
  | { readonly type: "nack"; readonly ssrc: number; readonly lost: readonly number[] }
  /** PLI (RFC 4585 §6.3.1) or FIR (RFC 5104 §4.3.1): the browser needs a keyframe. */
  | { readonly type: "keyframe" }
  /** REMB (draft-alvestrand-rmcat-remb §2.2): the bitrate that the browser's link carries, bits per second. */
  | { readonly type: "remb"; readonly bitrate: number }
  /** One block of a receiver or sender report (RFC 3550 §6.4.1). */
  | ReportBlock;

/** The reception of one stream, as its receiver reports it. */
export interface ReportBlock {
  readonly type: "report";
  readonly ssrc: number;
  /** Share of the stream's packets lost since the report before, 0 … 1. */
  readonly loss: number;
  /** The middle 32 bits of the NTP time in the newest sender report; 0 before the first. */
  readonly lastReport: number;
  /** Time from the arrival of that sender report to this block, in milliseconds. */
  readonly delay: number;
}

/** Most sequence numbers read from one datagram; further ones are ignored. A browser sends about 100 at most. */
export const MOST_LOST = 1_024;

const VERSION = 2;
/** Version, count and length (RFC 3550 §6.4.1), followed by the sender's SSRC. */
const HEADER = 8;
const SENDER_INFO = 20;
const REPORT_BLOCK = 24;

/** Packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
/** Kinds of transport feedback, and of payload feedback. */
const GENERIC_NACK = 1;
const PICTURE_LOSS_INDICATION = 1;
const FULL_INTRA_REQUEST = 4;
const APPLICATION_LAYER = 15;
/** "REMB" in ASCII. */
const REMB = 0x52454d42;

/** The feedback in one datagram, which may hold several RTCP packets. */
export function readRtcp(datagram: Uint8Array): Feedback[] {
  const found: Feedback[] = [];
  let most = MOST_LOST;
  let rest = datagram;
  while (rest.length >= HEADER) {
    const length = 4 * (1 + viewOf(rest).getUint16(2));
    if (rest[0]! >> 6 !== VERSION || length > rest.length) return found;
    for (const feedback of readPacket(rest.subarray(0, length), most)) {
      if (feedback.type === "nack") most -= feedback.lost.length;
      found.push(feedback);
    }
    rest = rest.subarray(length);
  }
  return found;
}

function readPacket(packet: Uint8Array, mostLost: number): Feedback[] {
  if (packet.length < HEADER) return [];
  const count = packet[0]! & 0x1f;
  switch (packet[1]) {
    case SENDER_REPORT:
      return readBlocks(packet.subarray(HEADER + SENDER_INFO), count);
    case RECEIVER_REPORT:
      return readBlocks(packet.subarray(HEADER), count);
    case TRANSPORT_FEEDBACK:
      return count === GENERIC_NACK ? readNack(packet, mostLost) : [];
    case PAYLOAD_FEEDBACK:
      if (count === PICTURE_LOSS_INDICATION || count === FULL_INTRA_REQUEST) {
        return [{ type: "keyframe" }];
      }
      return count === APPLICATION_LAYER ? readRemb(packet) : [];
    default:
      return [];
  }
}

function readBlocks(bytes: Uint8Array, count: number): ReportBlock[] {
  const blocks = Math.min(count, Math.floor(bytes.length / REPORT_BLOCK));
  const view = viewOf(bytes);
  return Array.from({ length: blocks }, (_, index) => {
    const at = index * REPORT_BLOCK;
    return {
      type: "report",
      ssrc: view.getUint32(at),
      loss: view.getUint8(at + 4) / 256,
      lastReport: view.getUint32(at + 16),
      delay: view.getUint32(at + 20) / 65_536 * 1_000,
    };
  });
}

/** Pairs of a sequence number and a mask of the 16 that follow it. */
function readNack(packet: Uint8Array, most: number): Feedback[] {
  const view = viewOf(packet);
  const lost: number[] = [];
  for (let at = HEADER + 4; at + 4 <= packet.length; at += 4) {
    const first = view.getUint16(at);
    const mask = view.getUint16(at + 2);
    lost.push(first);
    for (let bit = 0; bit < 16; bit++) {
      if (mask >> bit & 1) lost.push((first + 1 + bit) % 2 ** 16);
    }
  }
  if (lost.length === 0 || most === 0) return [];
  return [{ type: "nack", ssrc: view.getUint32(HEADER), lost: lost.slice(0, most) }];
}

function readRemb(packet: Uint8Array): Feedback[] {
  if (packet.length < HEADER + 12) return [];
  const view = viewOf(packet);
  if (view.getUint32(HEADER + 4) !== REMB) return [];
  const word = view.getUint32(HEADER + 8);
  // The count of streams (8 bits), the exponent (6) and the mantissa (18).
  return [{ type: "remb", bitrate: (word & 0x3ffff) * 2 ** (word >> 18 & 0x3f) }];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

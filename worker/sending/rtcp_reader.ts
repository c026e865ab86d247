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
  /**
   * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): when the packet with the
   * transport-wide number `first` and those after it arrived, in milliseconds on the browser's clock; `undefined`: not.
   */
  | {
    readonly type: "arrivals";
    readonly first: number;
    readonly times: readonly (number | undefined)[];
  }
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
/** Most packets whose arrival one datagram may tell of; feedback beyond them is ignored. A browser tells of hundreds. */
export const MOST_ARRIVALS = 4_096;

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
const TRANSPORT_WIDE = 15;
const PICTURE_LOSS_INDICATION = 1;
const FULL_INTRA_REQUEST = 4;
const APPLICATION_LAYER = 15;
/** "REMB" in ASCII. */
const REMB = 0x52454d42;

/** The feedback in one datagram, which may hold several RTCP packets. */
export function readRtcp(datagram: Uint8Array): Feedback[] {
  const found: Feedback[] = [];
  const most = { lost: MOST_LOST, arrivals: MOST_ARRIVALS };
  let rest = datagram;
  while (rest.length >= HEADER) {
    const length = 4 * (1 + viewOf(rest).getUint16(2));
    if (rest[0]! >> 6 !== VERSION || length > rest.length) return found;
    for (const feedback of readPacket(rest.subarray(0, length), most)) {
      if (feedback.type === "nack") most.lost -= feedback.lost.length;
      if (feedback.type === "arrivals") most.arrivals -= feedback.times.length;
      found.push(feedback);
    }
    rest = rest.subarray(length);
  }
  return found;
}

function readPacket(
  packet: Uint8Array,
  most: { readonly lost: number; readonly arrivals: number },
): Feedback[] {
  if (packet.length < HEADER) return [];
  const count = packet[0]! & 0x1f;
  switch (packet[1]) {
    case SENDER_REPORT:
      return readBlocks(packet.subarray(HEADER + SENDER_INFO), count);
    case RECEIVER_REPORT:
      return readBlocks(packet.subarray(HEADER), count);
    case TRANSPORT_FEEDBACK:
      if (count === GENERIC_NACK) return readNack(packet, most.lost);
      return count === TRANSPORT_WIDE ? readArrivals(packet, most.arrivals) : [];
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

/** Status of a packet in transport-wide feedback: the size of its time in bytes, or not received; 3 is reserved. */
const RESERVED = 3;
/** Time of the feedback, and of a packet since the one before it, in milliseconds. */
const REFERENCE_UNIT = 64;
const DELTA_UNIT = 0.25;
/** After the header: the stream, first number and count, reference time. */
const FIRST_NUMBER = HEADER + 4;
const CHUNKS = HEADER + 12;

function readArrivals(packet: Uint8Array, most: number): Feedback[] {
  if (packet.length < CHUNKS) return [];
  const view = viewOf(packet);
  const first = view.getUint16(FIRST_NUMBER);
  const count = view.getUint16(FIRST_NUMBER + 2);
  if (count === 0 || count > most) return [];
  const statuses: number[] = [];
  let at = CHUNKS;
  while (statuses.length < count) {
    if (at + 2 > packet.length) return [];
    statuses.push(...readChunk(view.getUint16(at), count - statuses.length));
    at += 2;
  }
  let time = (view.getInt32(FIRST_NUMBER + 4) >> 8) * REFERENCE_UNIT;
  const times: (number | undefined)[] = [];
  for (const size of statuses) {
    if (size === RESERVED || at + size > packet.length) return [];
    if (size > 0) time += DELTA_UNIT * (size === 1 ? view.getUint8(at) : view.getInt16(at));
    times.push(size === 0 ? undefined : time);
    at += size;
  }
  return [{ type: "arrivals", first, times }];
}

/** The statuses in one chunk, at most so many: a run of one status, 14 of one bit or 7 of two. */
function readChunk(chunk: number, most: number): number[] {
  if ((chunk & 0x8000) === 0) {
    return new Array<number>(Math.min(most, chunk & 0x1fff)).fill(chunk >> 13);
  }
  const bits = (chunk & 0x4000) === 0 ? 1 : 2;
  return Array.from(
    { length: Math.min(most, 14 / bits) },
    (_, index) => chunk >> (14 - bits * (index + 1)) & (2 ** bits - 1),
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The 188-byte packets of an MPEG transport stream (ITU-T H.222.0 §2.4.3) and the few constants that both the
 * writer and the reader need.
 *
 * @module
 */

/** Bytes of one transport packet. */
export const PACKET_SIZE = 188;
/** The first byte of each packet (`sync_byte`). */
export const SYNC = 0x47;
/** The clock that PTS and PCR's base count, ticks a second. */
export const CLOCK_RATE = 90_000;
/** PTS and PCR's base have 33 bits. */
export const CLOCK_WRAP = 2 ** 33;

/** The PID of the table of programs (H.222.0 table 2-3). */
export const PAT_PID = 0;
/** The PID of packets without content, which only fill a constant bitrate. */
export const NULL_PID = 0x1fff;

/** The codecs of elementary streams that are read or written here. */
export type StreamCodec = "h264" | "hevc" | "aac" | "opus" | "mpeg-audio";

/** `stream_type` (H.222.0 table 2-34). Opus has none of its own: it is private data with a descriptor. */
export const STREAM_TYPES = {
  0x03: "mpeg-audio",
  0x04: "mpeg-audio",
  0x0f: "aac",
  0x1b: "h264",
  0x24: "hevc",
} as const satisfies Record<number, StreamCodec>;
/** `stream_type` of private data in PES packets (H.222.0 table 2-34). */
export const PRIVATE_DATA = 0x06;
/** `registration_descriptor` and its identifier for Opus in MPEG-TS (the "Opus in MPEG-TS" registration). */
export const REGISTRATION = 0x05;
/** `format_identifier` of Opus: "Opus" in ASCII. */
export const OPUS_ID = 0x4f707573;

/** One transport packet taken apart; `payload` is a view. */
export interface TsPacket {
  readonly pid: number;
  /** A PES packet or a section begins here. */
  readonly starts: boolean;
  /** Counts the packets with payload of one PID, modulo 16. */
  readonly counter: number;
  /** The sender restarted the counter or the clock at this packet. */
  readonly discontinuity: boolean;
  /** Private data of the adaptation field. */
  readonly privateData: Uint8Array | undefined;
  readonly payload: Uint8Array | undefined;
}

/** Takes a packet apart; `undefined` when it is damaged or invalid. */
export function readPacket(bytes: Uint8Array): TsPacket | undefined {
  if (bytes.length !== PACKET_SIZE || bytes[0] !== SYNC) return undefined;
  const isDamaged = (bytes[1]! & 0x80) !== 0;
  const isScrambled = (bytes[3]! & 0xc0) !== 0;
  if (isDamaged || isScrambled) return undefined;
  const hasField = (bytes[3]! & 0x20) !== 0;
  const hasPayload = (bytes[3]! & 0x10) !== 0;
  const fieldLength = hasField ? bytes[4]! : 0;
  const start = hasField ? 5 + fieldLength : 4;
  if (start > PACKET_SIZE) return undefined;
  return {
    pid: ((bytes[1]! & 0x1f) << 8) | bytes[2]!,
    starts: (bytes[1]! & 0x40) !== 0,
    counter: bytes[3]! & 0x0f,
    discontinuity: fieldLength > 0 && (bytes[5]! & 0x80) !== 0,
    privateData: fieldLength > 0 ? readPrivateData(bytes.subarray(5, start)) : undefined,
    payload: hasPayload ? bytes.subarray(start) : undefined,
  };
}

/** The private data of an adaptation field behind its length byte (H.222.0 §2.4.3.4). */
function readPrivateData(field: Uint8Array): Uint8Array | undefined {
  const flags = field[0]!;
  if ((flags & 0x02) === 0) return undefined;
  // PCR, OPCR and the splice countdown stand before it.
  const at = 1 + (flags & 0x10 ? 6 : 0) + (flags & 0x08 ? 6 : 0) + (flags & 0x04 ? 1 : 0);
  const end = at + 1 + (field[at] ?? 0);
  return end <= field.length ? field.subarray(at + 1, end) : undefined;
}

/** CRC-32 of sections (H.222.0 annex B): polynomial 0x04c11db7, initial value all ones, nothing reflected. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

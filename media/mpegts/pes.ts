/**
 * PES packets: one access unit with its times (ITU-T H.222.0 §2.4.3.6).
 *
 * @module
 */
import { CLOCK_WRAP } from "./packet.ts";

/** `stream_id` of the first video and the first audio stream, and of private data (table 2-22). */
export const VIDEO_ID = 0xe0;
/** `stream_id` of the first audio stream (table 2-22). */
export const AUDIO_ID = 0xc0;
/** `stream_id` of private data, as which Opus is carried (table 2-22). */
export const PRIVATE_ID = 0xbd;
/** Bytes of a header without times, and of one time. */
const HEADER = 9;
const TIME = 5;
/** The largest value of the length field. A longer packet has 0 there, which only video may. */
const MAX_LENGTH = 0xffff;

/** The fields of a PES packet's header that are read here. */
export interface PesHeader {
  /** In ticks of 90 kHz, 33 bits. */
  readonly pts: number | undefined;
  /** Present when it differs from `pts`, because pictures do not come in the order they are shown. */
  readonly dts: number | undefined;
  /** Where the payload begins. */
  readonly headerLength: number;
  /** Bytes of the payload, or `undefined` when it ends where the next packet begins. */
  readonly payloadLength: number | undefined;
}

/** Reads the header, or `undefined` when there is none or it is cut off. */
export function readPesHeader(bytes: Uint8Array): PesHeader | undefined {
  const isPes = bytes.length >= HEADER && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 1 &&
    (bytes[6]! & 0xc0) === 0x80;
  if (!isPes) return undefined;
  const length = (bytes[4]! << 8) | bytes[5]!;
  const headerLength = HEADER + bytes[8]!;
  const times = bytes[7]! >> 6;
  const needed = HEADER + (times === 3 ? 2 * TIME : times === 2 ? TIME : 0);
  if (headerLength > bytes.length || needed > headerLength) return undefined;
  if (length > 0 && 6 + length < headerLength) return undefined;
  return {
    pts: times >= 2 ? readTime(bytes, HEADER) : undefined,
    dts: times === 3 ? readTime(bytes, HEADER + TIME) : undefined,
    headerLength,
    payloadLength: length > 0 ? 6 + length - headerLength : undefined,
  };
}

/** A whole PES packet; `pts` in ticks of 90 kHz. */
export function writePes(
  { streamId, pts, payload }: { streamId: number; pts: number; payload: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + TIME + payload.length);
  const length = bytes.length - 6;
  const reported = length <= MAX_LENGTH ? length : 0;
  // 0x84: the payload begins with an access unit. 0x80: a PTS and nothing else.
  bytes.set([0, 0, 1, streamId, reported >> 8, reported & 0xff, 0x84, 0x80, TIME]);
  writeTime(bytes, ((pts % CLOCK_WRAP) + CLOCK_WRAP) % CLOCK_WRAP);
  bytes.set(payload, HEADER + TIME);
  return bytes;
}

/** A packet without payload. It ends the packet before it, whose length did not fit into the length field. */
export function writeEmptyPes(streamId: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0, 0, 1, streamId, 0, HEADER - 6, 0x80, 0, 0);
}

/** Whether the length of a packet with this payload does not fit into the length field. */
export function isUnbounded(payload: Uint8Array): boolean {
  return HEADER + TIME + payload.length - 6 > MAX_LENGTH;
}

/** 33 bits in 3 + 15 + 15, each followed by a marker bit. */
function readTime(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! >> 1) & 0x07;
  const middle = (bytes[at + 1]! << 7) | (bytes[at + 2]! >> 1);
  const low = (bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

function writeTime(bytes: Uint8Array, time: number): void {
  const high = Math.floor(time / 2 ** 30);
  const middle = Math.floor(time / 2 ** 15) & 0x7fff;
  const low = time & 0x7fff;
  bytes.set([
    0x20 | (high << 1) | 1,
    middle >> 7,
    ((middle & 0x7f) << 1) | 1,
    low >> 7,
    ((low & 0x7f) << 1) | 1,
  ], HEADER);
}

/**
 * The two tables of a transport stream: its programs (PAT) and the streams of a program (PMT)
 * (ITU-T H.222.0 §2.4.4).
 *
 * @module
 */
import {
  crc32,
  OPUS_ID,
  PRIVATE_DATA,
  REGISTRATION,
  STREAM_TYPES,
  type StreamCodec,
} from "./packet.ts";

const PAT_TABLE = 0x00;
const PMT_TABLE = 0x02;
/** Bytes from the table id to the first entry, and of the checksum. */
const HEADER = 8;
const CRC = 4;
/** A section is at most this long after its length field. */
const MAX_LENGTH = 1021;

/** One elementary stream in a program's table. */
export interface StreamEntry {
  readonly pid: number;
  /** `undefined`: a codec that is not read here. */
  readonly codec: StreamCodec | undefined;
}

/** Collects a section from the payloads of its PID, and returns it once it is complete and its checksum is right. */
export class SectionReader {
  #bytes: number[] = [];
  #collecting = false;

  /** The next complete section without its checksum, or `undefined` while it is incomplete. */
  push({ payload, starts }: { payload: Uint8Array; starts: boolean }): Uint8Array | undefined {
    let rest = payload;
    if (starts) {
      const pointer = payload[0] ?? 0;
      rest = payload.subarray(1 + pointer);
      this.#bytes = [];
      this.#collecting = true;
    }
    if (!this.#collecting) return undefined;
    this.#bytes.push(...rest);
    if (this.#bytes.length < 3) return undefined;
    const length = ((this.#bytes[1]! & 0x0f) << 8) | this.#bytes[2]!;
    if (length > MAX_LENGTH) this.#collecting = false;
    if (!this.#collecting || this.#bytes.length < 3 + length) return undefined;
    this.#collecting = false;
    const section = Uint8Array.from(this.#bytes.slice(0, 3 + length));
    if (section.length < HEADER + CRC || crc32(section) !== 0) return undefined;
    return section.subarray(0, -CRC);
  }
}

/** The PID of the first program's table, or `undefined` when this is no table of programs. */
export function readPat(section: Uint8Array): number | undefined {
  if (section[0] !== PAT_TABLE) return undefined;
  for (let at = HEADER; at + 4 <= section.length; at += 4) {
    const program = (section[at]! << 8) | section[at + 1]!;
    if (program !== 0) return pidAt(section, at + 2);
  }
  return undefined;
}

/** The streams of a program, or `undefined` when this is no table of streams. */
export function readPmt(section: Uint8Array): StreamEntry[] | undefined {
  if (section[0] !== PMT_TABLE || section.length < HEADER + 4) return undefined;
  const entries: StreamEntry[] = [];
  let at = HEADER + 4 + lengthAt(section, HEADER + 2);
  while (at + 5 <= section.length) {
    const end = at + 5 + lengthAt(section, at + 3);
    const codec = codecOf(section[at]!, section.subarray(at + 5, end));
    entries.push({ pid: pidAt(section, at + 1), codec });
    at = end;
  }
  return entries;
}

/** A section with one program whose table is on `pmtPid`. */
export function writePat(pmtPid: number): Uint8Array<ArrayBuffer> {
  return section(PAT_TABLE, [0, 1, ...pidBytes(pmtPid)]);
}

/** A section with the streams of that program; the clock is on `pcrPid`. */
export function writePmt(
  { pcrPid, streams }: {
    pcrPid: number;
    streams: readonly { readonly pid: number; readonly codec: "h264" | "aac" }[];
  },
): Uint8Array<ArrayBuffer> {
  const entries = streams.flatMap(({ pid, codec }) => [
    codec === "h264" ? 0x1b : 0x0f,
    ...pidBytes(pid),
    0xf0,
    0,
  ]);
  return section(PMT_TABLE, [...pidBytes(pcrPid), 0xf0, 0, ...entries]);
}

/** Version 0, in force now, the only section of program or stream number 1. */
function section(table: number, body: readonly number[]): Uint8Array<ArrayBuffer> {
  const length = HEADER - 3 + body.length + CRC;
  const head = [table, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0];
  const bytes = new Uint8Array(3 + length);
  bytes.set([...head, ...body]);
  new DataView(bytes.buffer).setUint32(bytes.length - CRC, crc32(bytes.subarray(0, -CRC)));
  return bytes;
}

function codecOf(type: number, descriptors: Uint8Array): StreamCodec | undefined {
  if (type === PRIVATE_DATA) return isOpus(descriptors) ? "opus" : undefined;
  return STREAM_TYPES[type as keyof typeof STREAM_TYPES];
}

function isOpus(descriptors: Uint8Array): boolean {
  for (let at = 0; at + 6 <= descriptors.length; at += 2 + descriptors[at + 1]!) {
    const id = new DataView(descriptors.buffer, descriptors.byteOffset + at + 2).getUint32(0);
    if (descriptors[at] === REGISTRATION && id === OPUS_ID) return true;
  }
  return false;
}

function pidAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! & 0x1f) << 8) | bytes[at + 1]!;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! & 0x0f) << 8) | bytes[at + 1]!;
}

function pidBytes(pid: number): [number, number] {
  return [0xe0 | (pid >> 8), pid & 0xff];
}

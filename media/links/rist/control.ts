/**
 * The control packets of RIST (RTCP compounds; VSF TR-06-1 §5.3): who speaks, requests for lost packets, echoes that
 * measure the round trip, and messages of our own, which other implementations pass over: what came in on each path, a
 * request for a keyframe, the number of the newest packet, so that the last ones are missed as well, and the time.
 *
 * @module
 */
import { concat } from "../../../protocol/bytes/concat.ts";
import { blank, Reader } from "../../../protocol/datagram/bytes.ts";
import { MAX_PATHS } from "../../../protocol/field/max_paths.ts";

const TYPE = { receiverReport: 201, names: 202, app: 204, feedback: 205 } as const;
/** RIST's messages (`RIST`) by subtype; ours are `FARP`. */
const [RIST, OURS] = [0x52495354, 0x46415250];
const SUBTYPE = { lost: 0, echoRequest: 2, echoResponse: 3 } as const;
const OURS_SUBTYPE = { report: 0, keyframe: 1, newest: 2, time: 3 } as const;
const BITMASK = 1;
const VERSION = 2;
const CNAME = 1;
/** Most ranges of lost packets in one message. */
const MAX_RANGES = 60;
/** Most numbers that one compound asks for; what is beyond is asked for later. */
export const MAX_ASKED = 512;

/** What came in on a path, as totals; numbers wrap around at 2³². */
export interface PathCount {
  readonly path: number;
  /** The highest sequence number of a datagram, and the nonce that it belongs to. */
  readonly highest: number;
  readonly nonce: number;
  readonly datagrams: number;
  readonly bytes: number;
}

/** The messages of one compound. */
export interface Control {
  /** The source that a compound comes from; even for senders. */
  readonly from: number;
  /** Numbers of media packets that are asked for again. */
  readonly lost?: readonly number[];
  /** A time of the asker's clock, 64 bits, which the response repeats. */
  readonly echoRequest?: bigint;
  readonly echoResponse?: bigint;
  readonly report?: readonly PathCount[];
  readonly keyframe?: boolean;
  /** The number of the newest media packet. */
  readonly newest?: number;
  /** The receiver's time, in microseconds since 1970. It goes with an echo. */
  readonly time?: bigint;
}

/** One compound with these messages. */
export function encodeControl(control: Control): Uint8Array<ArrayBuffer> {
  const { from, lost = [], echoRequest, echoResponse, report, keyframe, newest, time } = control;
  const parts = [message(0, TYPE.receiverReport, words(from)), names(from)];
  const asked = ranges(lost);
  for (let at = 0; at < asked.length; at += MAX_RANGES) {
    const some = asked.slice(at, at + MAX_RANGES);
    const body = some.map(([first, extra]) => first * 2 ** 16 + extra);
    parts.push(message(SUBTYPE.lost, TYPE.app, words(from, RIST, ...body)));
  }
  for (
    const [subtype, time] of [
      [SUBTYPE.echoRequest, echoRequest],
      [SUBTYPE.echoResponse, echoResponse],
    ] as const
  ) {
    if (time === undefined) continue;
    const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
    parts.push(message(subtype, TYPE.app, words(from, RIST, high, low, 0)));
  }
  if (report) {
    const body = report.flatMap(({ path, highest, nonce, datagrams, bytes }) => [
      ...[path, highest, nonce, datagrams, bytes],
    ]);
    parts.push(message(OURS_SUBTYPE.report, TYPE.app, words(from, OURS, ...body)));
  }
  if (keyframe) parts.push(message(OURS_SUBTYPE.keyframe, TYPE.app, words(from, OURS)));
  if (newest !== undefined) {
    parts.push(message(OURS_SUBTYPE.newest, TYPE.app, words(from, OURS, newest)));
  }
  if (time !== undefined) {
    const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
    parts.push(message(OURS_SUBTYPE.time, TYPE.app, words(from, OURS, high, low)));
  }
  return concat(parts);
}

/** `undefined`: the compound is damaged. Messages of other kinds are passed over. */
export function decodeControl(bytes: Uint8Array): Control | undefined {
  const found: { -readonly [K in keyof Control]: Control[K] } & { lost: number[] } = {
    from: 0,
    lost: [],
  };
  const reader = new Reader(bytes);
  for (let isFirst = true; reader.left > 0; isFirst = false) {
    const first = reader.u8();
    const type = reader.u8();
    const body = reader.bytes(reader.u16() * 4);
    if (!reader.ok || first >> 6 !== VERSION || body.length < 4) return undefined;
    const inner = new Reader(body);
    const source = inner.u32();
    if (isFirst) found.from = source;
    if (type === TYPE.app) readApp(first & 0x1f, inner, found);
    else if (type === TYPE.feedback && (first & 0x1f) === BITMASK) readMasks(inner, found.lost);
  }
  return found;
}

function readApp(
  subtype: number,
  reader: Reader,
  found: { -readonly [K in keyof Control]: Control[K] } & { lost: number[] },
): void {
  const name = reader.u32();
  if (name === OURS) {
    if (subtype === OURS_SUBTYPE.keyframe) found.keyframe = true;
    if (subtype === OURS_SUBTYPE.newest && reader.left >= 4) found.newest = reader.u32() & 0xffff;
    if (subtype === OURS_SUBTYPE.time && reader.left >= 8) found.time = reader.u64();
    if (subtype === OURS_SUBTYPE.report) found.report = readReport(reader);
    return;
  }
  if (name !== RIST) return;
  if (subtype === SUBTYPE.lost) {
    while (reader.left >= 4 && found.lost.length < MAX_ASKED) {
      const number = reader.u16();
      const extra = Math.min(reader.u16(), MAX_ASKED - found.lost.length - 1);
      for (let step = 0; step <= extra; step++) found.lost.push((number + step) & 0xffff);
    }
  }
  if (subtype === SUBTYPE.echoRequest && reader.left >= 8) found.echoRequest = reader.u64();
  if (subtype === SUBTYPE.echoResponse && reader.left >= 8) found.echoResponse = reader.u64();
}

function readReport(reader: Reader): PathCount[] {
  const report: PathCount[] = [];
  while (reader.left >= 20 && report.length < MAX_PATHS) {
    const [path, highest, nonce] = [reader.u32(), reader.u32(), reader.u32()];
    const [datagrams, bytes] = [reader.u32(), reader.u32()];
    report.push({ path, highest, nonce, datagrams, bytes });
  }
  return report;
}

function readMasks(reader: Reader, lost: number[]): void {
  reader.u32();
  while (reader.left >= 4 && lost.length < MAX_ASKED) {
    const number = reader.u16();
    const mask = reader.u16();
    lost.push(number);
    for (let bit = 0; bit < 16; bit++) if (mask >> bit & 1) lost.push((number + bit + 1) & 0xffff);
  }
}

/** Runs of numbers that follow each other, each with how many follow its first. */
function ranges(numbers: readonly number[]): [first: number, extra: number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && ((last[0] + last[1] + 1) & 0xffff) === number) last[1] += 1;
    else found.push([number, 0]);
  }
  return found;
}

function names(from: number): Uint8Array {
  const name = new TextEncoder().encode("farpad");
  const { bytes, view } = blank(4 + 12);
  view.setUint32(0, from);
  view.setUint8(4, CNAME);
  view.setUint8(5, name.length);
  bytes.set(name, 6);
  return message(1, TYPE.names, bytes);
}

function message(count: number, type: number, body: Uint8Array): Uint8Array {
  const { bytes, view } = blank(4);
  view.setUint8(0, VERSION << 6 | count);
  view.setUint8(1, type);
  view.setUint16(2, body.length / 4);
  return concat([bytes, body]);
}

function words(...numbers: number[]): Uint8Array {
  const { bytes, view } = blank(4 * numbers.length);
  numbers.forEach((number, index) => view.setUint32(4 * index, number));
  return bytes;
}

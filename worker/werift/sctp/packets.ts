/**
 * Whether a packet of SCTP (RFC 9260 §3) can be one of a browser. werift reads packets as they come: a chunk or a
 * parameter without a length is read for ever, and a report of gaps costs as much as the gaps are wide. Pure.
 *
 * @module
 */

/** Layout of a packet, and of its chunks and their parameters. */
const COMMON_HEADER = 12;
const HEADER = 4;
/** Most chunks of a packet: a browser puts some twenty short messages into one. */
const MOST_CHUNKS = 64;
/** The highest gap that is reported: so many chunks are never on their way to a browser. */
const HIGHEST_GAP = 4_096;

/** What each type of chunk has before its parameters, in bytes; `undefined` parameters: it has none. */
const CHUNKS: ReadonlyMap<number, { readonly least: number; readonly parameters?: true }> = new Map<
  number,
  { readonly least: number; readonly parameters?: true }
>([
  // DATA: a message has one byte at least.
  [0, { least: 13 }],
  // INIT, INIT ACK
  [1, { least: 16, parameters: true }],
  [2, { least: 16, parameters: true }],
  // SACK
  [3, { least: 12 }],
  // HEARTBEAT, HEARTBEAT ACK, ABORT, ERROR
  [4, { least: 0, parameters: true }],
  [5, { least: 0, parameters: true }],
  [6, { least: 0, parameters: true }],
  [9, { least: 0, parameters: true }],
  // SHUTDOWN, SHUTDOWN ACK, COOKIE ECHO, COOKIE ACK, SHUTDOWN COMPLETE
  [7, { least: 4 }],
  [8, { least: 0 }],
  [10, { least: 0 }],
  [11, { least: 0 }],
  [14, { least: 0 }],
  // RE-CONFIG, FORWARD TSN
  [130, { least: 0, parameters: true }],
  [192, { least: 4 }],
]);
const SACK = 3;

/** The number of chunks of a packet; `undefined`: it is none of a browser. */
export function countChunks(packet: Uint8Array): number | undefined {
  let count = 0;
  for (let at = COMMON_HEADER; at + HEADER <= packet.length;) {
    const chunk = cut(packet, at);
    if (!chunk || ++count > MOST_CHUNKS || !isWhole(packet[at]!, chunk)) return undefined;
    at += padded(HEADER + chunk.length);
  }
  return count === 0 ? undefined : count;
}

function isWhole(type: number, body: Uint8Array): boolean {
  const known = CHUNKS.get(type);
  if (!known || body.length < known.least) return false;
  if (known.parameters) return areParameters(body.subarray(known.least));
  return type !== SACK || isReport(body);
}

function areParameters(bytes: Uint8Array): boolean {
  for (let at = 0; at + HEADER <= bytes.length;) {
    const parameter = cut(bytes, at);
    if (!parameter) return false;
    at += padded(HEADER + parameter.length);
  }
  return true;
}

/** Whether gaps follow one another, and are no wider than what can be on its way. */
function isReport(body: Uint8Array): boolean {
  const view = viewOf(body);
  const [gaps, repeats] = [view.getUint16(8), view.getUint16(10)];
  if (12 + 4 * (gaps + repeats) > body.length) return false;
  let before = 0;
  for (let gap = 0; gap < gaps; gap++) {
    const [first, last] = [view.getUint16(12 + 4 * gap), view.getUint16(14 + 4 * gap)];
    if (first <= before || last < first || last > HIGHEST_GAP) return false;
    before = last;
  }
  return true;
}

/** What a chunk or parameter holds whose length is at `at + 2`; `undefined`: it has not that length. */
function cut(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const length = viewOf(bytes).getUint16(at + 2);
  const end = at + length;
  return length < HEADER || end > bytes.length ? undefined : bytes.subarray(at + HEADER, end);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

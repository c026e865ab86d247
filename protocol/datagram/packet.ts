/**
 * The packets inside sealed datagrams, version 1: a byte with the type, then its fields, numbers big-endian. The layout
 * is frozen (`docs/PROTOCOL-DATAGRAM.md`, `tests/vectors/datagram.json`).
 *
 * ```text
 *  03 close    reason u8                         07 repeat   number u32, 1 to 64 times
 *  05 data     number u32, batch u8, flags u8,   08 direct   bytes
 *              bytes                             09 ping     count u8
 *  06 ack      next u32, mask of 0 to 64 bytes   0a pong     count u8
 * ```
 *
 * @module
 */
import { blank, distance, following, Reader } from "./bytes.ts";

/** Version of the layout and of the handshake. */
export const DATAGRAM_VERSION = 1;
/** How far packet numbers may be ahead of the oldest one that is not acknowledged. */
export const MAX_AHEAD = 512;
/** The most packet numbers in one repeat request. */
export const MAX_REPEATS = 64;
/** The most parts of one packet: the longest payload in pieces that every path carries. */
export const MAX_PARTS = 3;
/** Bytes of a data packet before its payload. */
export const DATA_HEAD = 7;

/** Why a link ended. The position is the code on the wire. Never reorder: append. */
const REASONS = [
  /** An owner closed it. */
  "done",
  /** No answer to any ping. */
  "silent",
  /** A packet was sent `maxAttempts` times without an acknowledgement. */
  "undeliverable",
  /** A batch was larger than the receive buffer. */
  "too_large",
  /** Packets that contradict each other. */
  "protocol",
  /** The same device opened a newer link. */
  "replaced",
  /** Nobody answered a connect. */
  "unanswered",
] as const;
/** Why a link ended. */
export type LinkEnd = (typeof REASONS)[number];

/** A piece of a packet that is longer than the path carries. */
export interface PacketPart {
  readonly index: number;
  readonly count: number;
}

/** One packet of a batch. */
export interface DataPacket {
  readonly type: "data";
  /** Counts the data packets of a link, modulo 2³². */
  readonly number: number;
  /** Counts the batches of a link, modulo 256. */
  readonly batch: number;
  /** First packet of its batch. */
  readonly first: boolean;
  /** Last packet of its batch. */
  readonly last: boolean;
  /** Set when `payload` is only a part of the packet's. */
  readonly part?: PacketPart;
  readonly payload: Uint8Array;
}

/** A packet of a datagram link. */
export type Packet =
  | { readonly type: "close"; readonly reason: LinkEnd }
  | DataPacket
  | {
    readonly type: "ack";
    /** Every number before this one has arrived; `undefined` in the plain profile, which does not say it. */
    readonly next: number | undefined;
    /** Numbers beyond `next` that have arrived. */
    readonly numbers: readonly number[];
  }
  | { readonly type: "repeat"; readonly numbers: readonly number[] }
  | { readonly type: "direct"; readonly payload: Uint8Array }
  | { readonly type: "ping"; readonly count: number }
  | { readonly type: "pong"; readonly count: number };

/** The type codes, which the plain profile shares. */
export const PACKET_CODES = {
  close: 0x03,
  data: 0x05,
  ack: 0x06,
  repeat: 0x07,
  direct: 0x08,
  ping: 0x09,
  pong: 0x0a,
} as const satisfies Record<Packet["type"], number>;

const LAST = 0x01;
const FIRST = 0x02;
const PART = 0x04;
const MAX_MASK = MAX_AHEAD / 8;

/** Writes a packet. */
export function encodePacket(packet: Packet): Uint8Array<ArrayBuffer> {
  const code = PACKET_CODES[packet.type];
  switch (packet.type) {
    case "close":
      return Uint8Array.of(code, REASONS.indexOf(packet.reason));
    case "data":
      return encodeData(packet);
    case "ack":
      return encodeAck(packet.next ?? 0, packet.numbers);
    case "repeat": {
      const { bytes, view } = blank(1 + 4 * packet.numbers.length);
      bytes[0] = code;
      packet.numbers.forEach((number, at) => view.setUint32(1 + 4 * at, number));
      return bytes;
    }
    case "direct": {
      const { bytes } = blank(1 + packet.payload.length);
      bytes[0] = code;
      bytes.set(packet.payload, 1);
      return bytes;
    }
    case "ping":
    case "pong":
      return Uint8Array.of(code, packet.count);
  }
}

/** Reads a packet; `undefined` when it is none. Payloads are views of `bytes`. Never throws. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
  const reader = new Reader(bytes);
  const packet = read(reader);
  return packet && reader.ok && reader.left === 0 ? packet : undefined;
}

function read(reader: Reader): Packet | undefined {
  switch (reader.u8()) {
    case PACKET_CODES.close: {
      const reason = REASONS[reader.u8()];
      return reason && { type: "close", reason };
    }
    case PACKET_CODES.data:
      return readData(reader);
    case PACKET_CODES.ack:
      return readAck(reader);
    case PACKET_CODES.repeat:
      return readRepeat(reader);
    case PACKET_CODES.direct:
      return { type: "direct", payload: reader.rest() };
    case PACKET_CODES.ping:
      return { type: "ping", count: reader.u8() };
    case PACKET_CODES.pong:
      return { type: "pong", count: reader.u8() };
    default:
      return undefined;
  }
}

/** Reads the numbers of a repeat request, 1 to 64; the plain profile has the same. */
export function readRepeat(reader: Reader): Packet | undefined {
  const count = reader.left / 4;
  if (!Number.isInteger(count) || count < 1 || count > MAX_REPEATS) return undefined;
  return { type: "repeat", numbers: Array.from({ length: count }, () => reader.u32()) };
}

function encodeData({ number, batch, first, last, part, payload }: DataPacket) {
  const head = DATA_HEAD + (part ? 2 : 0);
  const { bytes, view } = blank(head + payload.length);
  bytes[0] = PACKET_CODES.data;
  view.setUint32(1, number);
  bytes[5] = batch;
  bytes[6] = (last ? LAST : 0) | (first ? FIRST : 0) | (part ? PART : 0);
  if (part) bytes.set([part.index, part.count], DATA_HEAD);
  bytes.set(payload, head);
  return bytes;
}

function readData(reader: Reader): Packet | undefined {
  const number = reader.u32();
  const batch = reader.u8();
  const flags = reader.u8();
  if (flags > (LAST | FIRST | PART)) return undefined;
  const ends = { first: (flags & FIRST) !== 0, last: (flags & LAST) !== 0 };
  if (!(flags & PART)) return { type: "data", number, batch, ...ends, payload: reader.rest() };
  const part = { index: reader.u8(), count: reader.u8() };
  if (part.count < 2 || part.count > MAX_PARTS || part.index >= part.count || reader.left === 0) {
    return undefined;
  }
  return { type: "data", number, batch, ...ends, part, payload: reader.rest() };
}

function encodeAck(next: number, numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  const places = numbers.map((number) => distance(number, next) - 1);
  const { bytes, view } = blank(5 + Math.ceil((Math.max(-1, ...places) + 1) / 8));
  bytes[0] = PACKET_CODES.ack;
  view.setUint32(1, next);
  for (const place of places) bytes[5 + (place >> 3)]! |= 0x80 >> (place & 7);
  return bytes;
}

function readAck(reader: Reader): Packet | undefined {
  const next = reader.u32();
  if (reader.left > MAX_MASK) return undefined;
  const numbers: number[] = [];
  reader.rest().forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) {
      if (byte & (0x80 >> bit)) numbers.push(following(next, 1 + 8 * at + bit));
    }
  });
  return { type: "ack", next, numbers };
}

/**
 * The packets of the plain profile: the open format of the seed protocol, without seal or proof. For interoperation
 * alone; nothing in it says who sent a datagram.
 *
 * ```text
 *  01 connect      port u16, link number 4, version u64 (1), receive buffer u64 (may be absent)
 *  02 connect-ack  receiver's link number 4, sender's 4, receive buffer u64 (may be absent)
 *  03 close        receiver's link number 4             08 direct  receiver's link number 4, bytes
 *  05 data         receiver's link number 4,            09 ping    receiver's link number 4, count u8
 *                  number u32, batch u8, flags u8,      0a pong    receiver's link number 4, count u8
 *                  bytes                                06 ack     receiver's link number 4, number u32
 *  07 repeat       receiver's link number 4, number u32, 1 to 64 times
 * ```
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import { blank, Reader } from "../bytes.ts";
import { decodePacket, encodePacket, type Packet, PACKET_CODES } from "../packet.ts";
import type { Opened, Wire } from "../ports.ts";

/** The first byte of a connect. */
export const PLAIN_CONNECT = 0x01;
/** The first byte of a connect-ack. */
export const PLAIN_CONNECT_ACK = 0x02;
/** The only version. */
const VERSION = 1n;
/** The receive buffer of an end that names none, in bytes. */
const ASSUMED_BUFFER = 64 * 1024;
const MAX_BUFFER = 2 ** 32 - 1;
const PART_FLAG = 0x04;

/** A connect of the plain profile. */
export interface PlainConnect {
  /** The port that the answer goes to, at the address that the connect came from. */
  readonly port: number;
  readonly link: number;
  readonly receiveBuffer: number;
}

/** The answer to a connect. */
export interface PlainConnectAck {
  /** The link number of the end that dialled, and of the end that answers. */
  readonly link: number;
  readonly own: number;
  readonly receiveBuffer: number;
}

/** Writes a connect. */
export function encodePlainConnect({ port, link, receiveBuffer }: PlainConnect) {
  const { bytes, view } = blank(23);
  view.setUint8(0, PLAIN_CONNECT);
  view.setUint16(1, port);
  view.setUint32(3, link);
  view.setBigUint64(7, VERSION);
  view.setBigUint64(15, BigInt(receiveBuffer));
  return bytes;
}

/** Reads a connect, with a receive buffer or without; `undefined` when it is none. */
export function decodePlainConnect(bytes: Uint8Array): PlainConnect | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== PLAIN_CONNECT) return undefined;
  const port = reader.u16();
  const link = reader.u32();
  const version = reader.u64();
  const receiveBuffer = readBuffer(reader);
  const isWhole = reader.ok && reader.left === 0 && version === VERSION && port > 0;
  return isWhole ? { port, link, receiveBuffer } : undefined;
}

/** Writes the answer to a connect. */
export function encodePlainConnectAck({ link, own, receiveBuffer }: PlainConnectAck) {
  const { bytes, view } = blank(17);
  view.setUint8(0, PLAIN_CONNECT_ACK);
  view.setUint32(1, link);
  view.setUint32(5, own);
  view.setBigUint64(9, BigInt(receiveBuffer));
  return bytes;
}

/** Reads the answer to a connect, with a receive buffer or without; `undefined` when it is none. */
export function decodePlainConnectAck(bytes: Uint8Array): PlainConnectAck | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== PLAIN_CONNECT_ACK) return undefined;
  const ack = { link: reader.u32(), own: reader.u32(), receiveBuffer: readBuffer(reader) };
  return reader.ok && reader.left === 0 ? ack : undefined;
}

/** The wire of one plain link. `theirs`, `ours`: the link numbers that the two ends chose for themselves. */
export function createPlainWire({ theirs, ours }: {
  readonly theirs: number;
  readonly ours: number;
}): Wire {
  return {
    dataOverhead: 11,
    directOverhead: 5,
    followsAddress: false,
    isPlain: true,
    seal: (packet) => encodePlain(packet, theirs),
    open(datagram): Opened {
      const reader = new Reader(datagram);
      const code = Uint8Array.of(reader.u8());
      const link = reader.u32();
      if (!reader.ok) return { fault: "malformed" };
      if (link !== ours) return { fault: "unknown" };
      const packet = decodePlain(concat([code, reader.rest()]));
      return packet ? { packet, newest: false } : { fault: "malformed" };
    },
  };
}

/** Writes a packet for the end with this link number; `undefined` for one that the profile does not have. */
export function encodePlain(packet: Packet, link: number): Uint8Array<ArrayBuffer> | undefined {
  const { bytes: head, view } = blank(5);
  head[0] = PACKET_CODES[packet.type];
  view.setUint32(1, link);
  switch (packet.type) {
    case "close":
      return head;
    case "ack": {
      const [number] = packet.numbers;
      if (number === undefined) return undefined;
      const { bytes, view: field } = blank(4);
      field.setUint32(0, number);
      return concat([head, bytes]);
    }
    default:
      return concat([head, encodePacket(packet).subarray(1)]);
  }
}

/** Reads a packet without its link number. */
function decodePlain(bytes: Uint8Array): Packet | undefined {
  switch (bytes[0]) {
    case PACKET_CODES.close:
      return bytes.length === 1 ? { type: "close", reason: "done" } : undefined;
    case PACKET_CODES.ack: {
      if (bytes.length !== 5) return undefined;
      return { type: "ack", next: undefined, numbers: [new Reader(bytes.subarray(1)).u32()] };
    }
    case PACKET_CODES.data:
      return ((bytes[6] ?? 0) & PART_FLAG) === 0 ? decodePacket(bytes) : undefined;
    default:
      return decodePacket(bytes);
  }
}

function readBuffer(reader: Reader): number {
  if (reader.left === 0) return ASSUMED_BUFFER;
  return Number(reader.u64() & BigInt(MAX_BUFFER));
}

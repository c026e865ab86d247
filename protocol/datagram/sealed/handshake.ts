/**
 * The packets that open a sealed link, and what proves them.
 *
 * ```text
 *  dialler → 01 connect      version u8, its link number u32, link id 8, random 16, receive buffer u32, cookie 16, tag 16
 *  dialler ← 0b cookie       dialler's link number u32, cookie 16
 *  dialler ← 02 connect-ack  version u8, dialler's link number u32, its own u32, random 16, receive buffer u32, tag 16
 * ```
 *
 * The first connect has an empty cookie. The listener answers it with one and keeps nothing; a connect with the cookie
 * proves that the dialler receives at its address. Only then the tag is checked: it proves that the dialler has the
 * shared secret. Every answer is shorter than its request.
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import { createHmac } from "node:crypto";
import { blank, Reader, sameBytes } from "../bytes.ts";
import { DATAGRAM_VERSION } from "../packet.ts";
import type { Address } from "../ports.ts";
import { derive, SECRET_BYTES } from "./seal.ts";

/** The first byte of a connect. */
export const CONNECT = 0x01;
/** The first byte of a connect-ack. */
export const CONNECT_ACK = 0x02;
/** The first byte of a cookie. */
export const COOKIE = 0x0b;
/** Bytes of a link id, by which the listener finds the shared secret. */
export const LINK_ID_BYTES = 8;
/** Bytes of each end's random part. */
export const RANDOM_BYTES = 16;
const COOKIE_BYTES = 16;
const TAG_BYTES = 16;
const CONNECT_BYTES = 1 + 1 + 4 + LINK_ID_BYTES + RANDOM_BYTES + 4 + COOKIE_BYTES + TAG_BYTES;
const ACK_BYTES = 1 + 1 + 4 + 4 + RANDOM_BYTES + 4 + TAG_BYTES;

/** What both ends of a link got over their authenticated WebSockets. */
export interface LinkSecret {
  /** {@linkcode LINK_ID_BYTES} bytes, no secret. */
  readonly id: Uint8Array;
  /** {@linkcode SECRET_BYTES} bytes. */
  readonly secret: Uint8Array;
}

/** A connect. */
export interface Connect {
  readonly version: number;
  readonly link: number;
  readonly id: Uint8Array;
  readonly random: Uint8Array;
  readonly receiveBuffer: number;
  /** All zero in the first one. */
  readonly cookie: Uint8Array;
}

/** The answer to a connect with a cookie and a tag. */
export interface ConnectAck {
  readonly version: number;
  /** The dialler's link number. */
  readonly link: number;
  /** The listener's. */
  readonly own: number;
  readonly random: Uint8Array;
  readonly receiveBuffer: number;
}

/** The cookie of the first connect. */
export const NO_COOKIE: Uint8Array = new Uint8Array(COOKIE_BYTES);

/** Checks the lengths of a link secret; throws a RangeError when one is wrong. */
export function checkSecret({ id, secret }: LinkSecret): void {
  if (id.length !== LINK_ID_BYTES || secret.length !== SECRET_BYTES) {
    throw new RangeError(
      `Cannot open a datagram link with an id of ${id.length} and a secret of ${secret.length} bytes: ` +
        `give ${LINK_ID_BYTES} and ${SECRET_BYTES}`,
    );
  }
}

/** Writes a connect. */
export function encodeConnect(connect: Connect, secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const { bytes, view } = blank(CONNECT_BYTES - TAG_BYTES);
  view.setUint8(0, CONNECT);
  view.setUint8(1, connect.version);
  view.setUint32(2, connect.link);
  bytes.set(connect.id, 6);
  bytes.set(connect.random, 14);
  view.setUint32(30, connect.receiveBuffer);
  bytes.set(connect.cookie, 34);
  return concat([bytes, tagOf(bytes, { secret, purpose: "connect" })]);
}

/** Reads a connect of any version; `undefined` when it is none. The tag is not checked. */
export function decodeConnect(bytes: Uint8Array): Connect | undefined {
  if (bytes.length !== CONNECT_BYTES) return undefined;
  const reader = new Reader(bytes);
  if (reader.u8() !== CONNECT) return undefined;
  return {
    version: reader.u8(),
    link: reader.u32(),
    id: reader.bytes(LINK_ID_BYTES),
    random: reader.bytes(RANDOM_BYTES),
    receiveBuffer: reader.u32(),
    cookie: reader.bytes(COOKIE_BYTES),
  };
}

/** Whether the sender of these bytes of a connect has the secret. */
export function isProven(bytes: Uint8Array, secret: Uint8Array): boolean {
  const tag = bytes.subarray(-TAG_BYTES);
  return sameBytes(tag, tagOf(bytes.subarray(0, -TAG_BYTES), { secret, purpose: "connect" }));
}

/** Writes the answer that asks for the same connect with a cookie. */
export function encodeCookie(link: number, cookie: Uint8Array): Uint8Array<ArrayBuffer> {
  const { bytes, view } = blank(1 + 4 + COOKIE_BYTES);
  bytes[0] = COOKIE;
  view.setUint32(1, link);
  bytes.set(cookie, 5);
  return bytes;
}

/** Reads a cookie for the dialler with this link number; `undefined` when it is none. */
export function decodeCookie(bytes: Uint8Array, link: number): Uint8Array | undefined {
  const reader = new Reader(bytes);
  const isCookie = reader.u8() === COOKIE && reader.u32() === link;
  return isCookie && reader.left === COOKIE_BYTES ? new Uint8Array(reader.rest()) : undefined;
}

/** Writes the answer to `connect`. */
export function encodeConnectAck(
  ack: ConnectAck,
  { secret, connect }: { readonly secret: Uint8Array; readonly connect: Connect },
): Uint8Array<ArrayBuffer> {
  const { bytes, view } = blank(ACK_BYTES - TAG_BYTES);
  view.setUint8(0, CONNECT_ACK);
  view.setUint8(1, ack.version);
  view.setUint32(2, ack.link);
  view.setUint32(6, ack.own);
  bytes.set(ack.random, 10);
  view.setUint32(26, ack.receiveBuffer);
  const tag = tagOf(concat([connect.random, bytes]), { secret, purpose: "connect-ack" });
  return concat([bytes, tag]);
}

/** Reads the answer to `connect`; `undefined` when it is none, or not of an end that has the secret. */
export function decodeConnectAck(
  bytes: Uint8Array,
  { secret, connect }: { readonly secret: Uint8Array; readonly connect: Connect },
): ConnectAck | undefined {
  if (bytes.length !== ACK_BYTES || bytes[0] !== CONNECT_ACK) return undefined;
  const reader = new Reader(bytes.subarray(1));
  const ack = {
    version: reader.u8(),
    link: reader.u32(),
    own: reader.u32(),
    random: reader.bytes(RANDOM_BYTES),
    receiveBuffer: reader.u32(),
  };
  if (ack.version !== DATAGRAM_VERSION || ack.link !== connect.link) return undefined;
  const signed = concat([connect.random, bytes.subarray(0, -TAG_BYTES)]);
  const tag = tagOf(signed, { secret, purpose: "connect-ack" });
  return sameBytes(reader.rest(), tag) ? ack : undefined;
}

/** The cookie for a connect from this address. It depends on a key of the listener alone, and on the period. */
export function cookieFor(
  connect: Connect,
  { key, from, period }: {
    readonly key: Uint8Array;
    readonly from: Address;
    readonly period: number;
  },
): Uint8Array {
  const { bytes, view } = blank(8);
  view.setUint32(0, connect.link);
  view.setUint32(4, period);
  const mac = createHmac("sha256", key).update(bytes).update(connect.random).update(connect.id);
  return new Uint8Array(mac.update(`${from.host} ${from.port}`).digest()).subarray(0, COOKIE_BYTES);
}

function tagOf(bytes: Uint8Array, { secret, purpose }: {
  readonly secret: Uint8Array;
  readonly purpose: string;
}): Uint8Array {
  const key = derive(secret, { salt: new Uint8Array(), purpose, length: SECRET_BYTES });
  return new Uint8Array(createHmac("sha256", key).update(bytes).digest()).subarray(0, TAG_BYTES);
}

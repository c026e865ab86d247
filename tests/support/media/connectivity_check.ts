/**
 * A connectivity check as a browser sends it (RFC 8445 §7.2.2).
 *
 * @module
 */
import { createHmac } from "node:crypto";

const HEADER = 20;
const INTEGRITY = 24;

/** The bytes of a check. `name` and `password`: of the end that receives it. Without a password it proves nothing. */
export function connectivityCheck(
  { name, password, transaction = 1 }: {
    readonly name: string;
    readonly password?: string;
    readonly transaction?: number;
  },
): Uint8Array {
  const username = new TextEncoder().encode(`${name}:browser`);
  const end = HEADER + 4 + Math.ceil(username.length / 4) * 4;
  const bytes = new Uint8Array(password === undefined ? end : end + INTEGRITY);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x0001);
  view.setUint16(2, bytes.length - HEADER);
  view.setUint32(4, 0x2112a442);
  bytes.fill(transaction, 8, HEADER);
  view.setUint16(HEADER, 0x0006);
  view.setUint16(HEADER + 2, username.length);
  bytes.set(username, HEADER + 4);
  if (password === undefined) return bytes;
  view.setUint16(end, 0x0008);
  view.setUint16(end + 2, 20);
  bytes.set(createHmac("sha1", password).update(bytes.subarray(0, end)).digest(), end + 4);
  return bytes;
}

/**
 * Addresses of sockets as the system's calls take them (`struct sockaddr_in` and `sockaddr_in6` of Linux).
 *
 * @module
 */
import { isIPv4, isIPv6 } from "node:net";

/** The family of IPv4 addresses (`AF_INET`). */
export const IPV4 = 2;
/** The family of IPv6 addresses (`AF_INET6`). */
const IPV6 = 10;
/** Bytes of an IPv4 address's struct. */
export const IPV4_SIZE = 16;
/** Bytes of an IPv6 address's struct, the longest. */
export const IPV6_SIZE = 28;

/** An address in text, without a zone, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The struct of an endpoint; `undefined` when the text is no address of IPv4 or IPv6. */
export function socketAddress({ address, port }: Endpoint): Uint8Array<ArrayBuffer> | undefined {
  const isShort = isIPv4(address);
  if (!isShort && !isIPv6(address)) return undefined;
  const bytes = new Uint8Array(new ArrayBuffer(isShort ? IPV4_SIZE : IPV6_SIZE));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isShort ? IPV4 : IPV6, true);
  view.setUint16(2, port);
  if (isShort) bytes.set(address.split(".").map(Number), 4);
  else wordsOf(address).forEach((word, index) => view.setUint16(8 + 2 * index, word));
  return bytes;
}

/** Whether two structs name the same family, address and port. */
export function isSameEndpoint(a: Uint8Array, b: Uint8Array): boolean {
  if (a[0] !== b[0] || a[1] !== b[1] || a[2] !== b[2] || a[3] !== b[3]) return false;
  const [begin, end] = a[0] === IPV4 ? [4, 8] : [8, 24];
  for (let at = begin; at < end; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** The eight words of an IPv6 address, in which `::` stands for as many zeros as are missing (RFC 4291 §2.2). */
function wordsOf(address: string): number[] {
  const [plain = ""] = address.split("%");
  const [head = "", tail] = plain.split("::");
  const before = words(head);
  if (tail === undefined) return before;
  const after = words(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function words(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((word) => {
    if (!word.includes(".")) return [parseInt(word, 16)];
    const [a, b, c, d] = word.split(".").map(Number) as [number, number, number, number];
    return [a * 256 + b, c * 256 + d];
  });
}

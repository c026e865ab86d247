/**
 * Reads the headers that proxies add to a request, `Forwarded` (RFC 7239) or the older `X-Forwarded-…`, as far as they
 * come from trusted proxies.
 *
 * Each proxy appends the address that called it, so the list is read from its end: the first address that is not of a
 * trusted proxy is the client's. The client itself may have written the addresses before it, so these are ignored.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";
import { canonicalHost, hostKind } from "../../protocol/addresses/hosts.ts";

/** The client's address and URL, as far as trusted proxies sent them. */
export interface Forwarded {
  /** The client's IP address. */
  readonly address?: string;
  readonly scheme?: "http" | "https";
  /** The text of the client's `Host` header. */
  readonly host?: string;
  readonly port?: number;
  /** The path that a proxy removed from the beginning of the URL's path, without a slash at its end. */
  readonly prefix?: string;
}

/** Whether an IP address belongs to a trusted proxy. */
export type IsTrusted = (address: string) => boolean;

/** Makes the check for `proxies`: addresses, networks such as `10.1.0.0/16`, and `loopback`. */
export function createTrust(proxies: readonly string[]): IsTrusted {
  const list = new BlockList();
  const all = proxies.flatMap((each) => each === "loopback" ? ["127.0.0.0/8", "::1"] : [each]);
  for (const each of all) {
    const [address = "", bits] = each.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = unmapped(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? "ipv6" : "ipv4");
  };
}

/** Reads the headers of proxies; none when the peer is no trusted proxy. */
export function readForwarded(headers: Headers, peer: string, isTrusted: IsTrusted): Forwarded {
  if (!isTrusted(peer)) return {};
  const standard = headers.get("forwarded");
  const hops = standard === null ? olderHops(headers) : standardHops(standard);
  const client = clientHop(hops, isTrusted);
  const scheme = client.proto?.toLowerCase();
  const port = Number(last(headers, "x-forwarded-port"));
  const prefix = prefixOf(last(headers, "x-forwarded-prefix"));
  return {
    ...(client.for !== undefined && { address: client.for }),
    ...((scheme === "http" || scheme === "https") && { scheme }),
    ...(client.host && { host: client.host }),
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535 && { port }),
    ...(prefix !== undefined && { prefix }),
  };
}

/** The values that one proxy wrote. */
interface Hop {
  /** The address that called the proxy; absent when it is hidden or unreadable. */
  readonly for?: string | undefined;
  readonly proto?: string | undefined;
  readonly host?: string | undefined;
}

/** The hop of the last trusted proxy before the client. */
function clientHop(hops: readonly Hop[], isTrusted: IsTrusted): Hop {
  for (const [at, hop] of [...hops.entries()].reverse()) {
    if (at === 0 || hop.for === undefined || !isTrusted(hop.for)) return hop;
  }
  return {};
}

function olderHops(headers: Headers): Hop[] {
  const all = (name: string) => items(headers.get(name) ?? "", ",");
  const [addresses, protos, hosts] = [
    all("x-forwarded-for"),
    all("x-forwarded-proto"),
    all("x-forwarded-host"),
  ];
  const count = Math.max(addresses.length, 1);
  // A proxy replaced a list of another length instead of appending to it: its last entry applies to every hop.
  const at = (list: readonly string[], index: number) =>
    list.length === count ? list[index] : list.at(-1);
  return Array.from({ length: count }, (_, index) => ({
    for: addressOf(addresses[index]),
    proto: at(protos, index),
    host: at(hosts, index),
  }));
}

function standardHops(text: string): Hop[] {
  return items(text, ",").map((element) => {
    const pairs = items(element, ";").map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/s, "$1")] as const;
    });
    const { for: address, proto, host } = Object.fromEntries(pairs);
    return { for: addressOf(address), proto, host };
  });
}

/** The parts of a text between separators outside of quotes (RFC 7239 §4). */
function items(text: string, separator: "," | ";"): string[] {
  const parts = text.match(separator === "," ? /(?:"[^"]*"|[^,])+/g : /(?:"[^"]*"|[^;])+/g) ?? [];
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711` or `2001:db8::1` as an IP address. */
function addressOf(text: string | undefined): string | undefined {
  const bare = text === undefined || isIP(text) === 6 ? text : text.replace(/:\d+$/, "");
  const host = bare === undefined ? undefined : canonicalHost(bare);
  return host === undefined || hostKind(host) === "name" ? undefined : unmapped(host);
}

/** The IPv4 address in an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2); any other text unchanged. */
export function unmapped(address: string): string {
  const [, dotted, high, low] =
    /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function last(headers: Headers, name: string): string | undefined {
  return items(headers.get(name) ?? "", ",").at(-1);
}

/** A path without a slash at its end; `undefined` for a text that is no path or may be the URL of another host. */
function prefixOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^(\/[A-Za-z0-9._~-]+)+\/?$/.test(text)) return undefined;
  return text.replace(/\/$/, "");
}

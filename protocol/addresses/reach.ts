/**
 * The hosts that operators may make the installation connect to, by destinations and webhooks. The rules keep a
 * person with an account from reaching hosts that only this network can reach (server-side request forgery).
 *
 * 1. Every address of the host must be public: not loopback, private, link-local, shared, multicast, reserved, nor
 *    an IPv6 form that embeds such an address. A name that does not resolve is refused, as its addresses are unknown.
 * 2. Hosts and networks that the owner of the installation lists are allowed, private ones too.
 *
 * The program that connects resolves the name once, checks what it found and connects to one of these addresses. A
 * name server that changes its answer later (DNS rebinding) changes nothing.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";
import type { AddressFault } from "./authority.ts";

/** Resolves a host name to its addresses; to none when it does not resolve. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** How hosts are resolved, and the exceptions to the rules. */
export interface ReachRules {
  readonly resolve: Resolve;
  /** Host names, addresses and networks (`10.1.0.0/16`) that are allowed although they are not public. */
  readonly allowed: readonly string[];
}

/** IPv4 networks that are not globally reachable (RFC 6890 and its updates), and multicast. */
const INSIDE_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Networks within 2000::/3, the global unicast space, that embed other addresses or are for documentation. */
const INSIDE_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const insideV4 = blockList(INSIDE_V4);
const insideV6 = blockList(INSIDE_V6);
const globalV6 = blockList(["2000::/3"]);

/** Whether an IPv4 or IPv6 address is globally reachable (RFC 6890). */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !insideV4.check(address);
    case 6: {
      const embedded = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
      if (embedded) return isPublicAddress(embedded);
      return globalV6.check(address, "ipv6") && !insideV6.check(address, "ipv6");
    }
    default:
      return false;
  }
}

/** The addresses that a host may be connected to by; or a sentence that says why it may not. */
export async function findReachable(
  host: string,
  { resolve, allowed }: ReachRules,
): Promise<readonly [string, ...string[]] | AddressFault> {
  const [first, ...others] = isIP(host) ? [host] : await resolve(host);
  if (first === undefined) return { error: `Cannot use ${host}: the name does not resolve` };
  const addresses = [first, ...others] as const;
  if (allowed.includes(host)) return addresses;
  const networks = blockList(allowed.filter((entry) => entry.includes("/")));
  const inside = addresses.find((address) =>
    !isPublicAddress(address) && !allowed.includes(address) &&
    !networks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
  );
  if (inside === undefined) return addresses;
  const what = inside === host ? host : `${host} (${inside})`;
  const remedy = "Ask the owner of the installation to add it to FARPAD_ALLOWED_HOSTS";
  return { error: `Cannot use ${what}: it is inside a private network. ${remedy}` };
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

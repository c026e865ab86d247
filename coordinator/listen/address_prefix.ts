/**
 * The network of a client's address, as limits count it: an IPv4 address alone, and the /64 of an IPv6 address,
 * because every subscriber has 2⁶⁴ addresses of one /64 at will (RFC 6177, RFC 7421).
 *
 * @module
 */
import { canonicalHost } from "../../protocol/addresses/hosts.ts";
import { unmapped } from "./forwarded.ts";

/** The prefix of an IP address: `203.0.113.7`, or `2001:db8:0:1::/64`. A text that is no address is its own prefix. */
export function addressPrefix(address: string): string {
  const plain = unmapped(address);
  // A zone (`fe80::1%eth0`, RFC 4007 §11) names an interface of this machine.
  const canonical = plain.includes(":") ? canonicalHost(plain.replace(/%.*$/, "")) : undefined;
  if (canonical === undefined) return plain;
  const [left = [], right = []] = canonical.split("::").map((part) =>
    part.split(":").filter(Boolean)
  );
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}

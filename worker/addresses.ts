/**
 * Converts hosts in the worker's settings to the addresses that sockets and ICE candidates need.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { hostKind, isEveryAddress, isLoopbackHost } from "../protocol/addresses/hosts.ts";

/** Looks up the IP addresses of a host name; rejects when it has none. */
export type LookUp = (name: string) => Promise<readonly string[]>;

/** Looks up a host name through the operating system. */
export const systemLookUp: LookUp = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * The IP addresses for ICE candidates. Host names are looked up: RFC 8839 §5.1 allows names in candidates, but browsers
 * accept only addresses.
 *
 * @throws {TypeError} a sentence, when a host is not one address (`0.0.0.0`, `::`), or is a name without an address
 */
export async function iceAddressesOf(
  hosts: readonly string[],
  lookUp: LookUp = systemLookUp,
): Promise<readonly string[]> {
  const resolved = await Promise.all(hosts.map(async (host) => {
    const fault = (why: string) => `Cannot use FARPAD_ICE_ADDRESSES = "${host}": ${why}`;
    if (isEveryAddress(host)) {
      throw new TypeError(fault("it must be one address, not every address"));
    }
    if (hostKind(host) !== "name") return [host];
    const addresses = await lookUp(host).catch(() => []);
    if (addresses.length === 0) throw new TypeError(fault("this name does not resolve"));
    return addresses;
  }));
  return [...new Set(resolved.flat())];
}

/**
 * The IP address to receive field streams at, for the host in the addresses that devices get. For a loopback host it is
 * the host itself, so that other machines cannot connect. Otherwise all addresses of the machine are bound: those of
 * IPv4 only for an IPv4 host, and those of both families for an IPv6 host or a name, which may have either.
 */
export function ingestAddressOf(host: string, hasIpv6: boolean = machineHasIpv6()): string {
  if (host === "localhost") return "127.0.0.1";
  if (isLoopbackHost(host)) return host;
  if (hostKind(host) === "ipv4") return "0.0.0.0";
  return hasIpv6 || hostKind(host) === "ipv6" ? "::" : "0.0.0.0";
}

function machineHasIpv6(): boolean {
  return interfaceAddresses().some((address) => hostKind(address) === "ipv6");
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => address)
  );
}

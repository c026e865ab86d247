/**
 * Hosts of the worker's settings as the addresses that sockets and ICE candidates take.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { hostKind, isEveryAddress, isLoopbackHost } from "../protocol/addresses/hosts.ts";

/** Tells the IP addresses of a name; rejects when it does not resolve. */
export type LookUp = (name: string) => Promise<readonly string[]>;

export const systemLookUp: LookUp = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * The IP addresses that ICE candidates name, with names resolved (RFC 8839 §5.1 lets a candidate hold a name, but
 * browsers take only addresses).
 *
 * @throws {TypeError} a sentence, when a host is no address that others can reach, or does not resolve
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
 * The address that field streams are received on, for the host that devices are told. A loopback host is bound
 * itself, which keeps other machines out. Otherwise every address is bound, of IPv6 and IPv4 where the host is an
 * IPv6 address or a name, since a name may resolve to either.
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

/**
 * Reads hosts as people write them. An IPv4 address, an IPv6 address or a name gets one canonical form, and two
 * spellings of one host compare equal.
 *
 * The form is that of the WHATWG URL standard (§4.3.2) without the brackets of an IPv6 address and without the
 * trailing dot of a name: lower case, Punycode (RFC 5891), IPv6 as RFC 5952.
 *
 * @module
 */

/** Either kind of address, or a name. */
export type HostKind = "ipv4" | "ipv6" | "name";

/**
 * The canonical form of a host without a port; an IPv6 address may stand in brackets. `undefined` when the text
 * is no host.
 */
export function canonicalHost(text: string): string | undefined {
  const bare = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  // Without this check, `user@host`, `host:80` and `host/path` would be read as URLs that hold a host.
  if (bare === "" || /[\s@/?#\\[\]]/.test(bare)) return undefined;
  const isIpv6 = bare.includes(":");
  if (!isIpv6 && bare !== text) return undefined;
  const url = URL.parse(isIpv6 ? `http://[${bare}]` : `http://${bare}`);
  const host = url?.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  // A name has no empty label (RFC 1035 §2.3.1).
  return host === undefined || /^$|^\.|\.\.|\.$/.test(host) ? undefined : host;
}

/** The kind of a canonical host. */
export function hostKind(host: string): HostKind {
  if (host.includes(":")) return "ipv6";
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? "ipv4" : "name";
}

/** The host as it stands in a URL, where an IPv6 address takes brackets (RFC 3986 §3.2.2). */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Whether a host means every address of this machine. */
export function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Whether a canonical host can be reached by this machine alone (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" ||
    (hostKind(host) === "ipv4" && host.startsWith("127.")) || /^::ffff:7f[0-9a-f]{2}:/.test(host);
}

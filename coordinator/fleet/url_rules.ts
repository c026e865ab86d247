/**
 * The hosts that operators may make the installation connect to, by destinations and webhooks. The rules keep a
 * person with an account from reaching hosts that only this network can reach (server-side request forgery).
 *
 * 1. Every address of the host must be public: not loopback, private, link-local, shared, multicast, reserved, nor
 *    an IPv6 form that embeds such an address. A name that does not resolve is refused, as its addresses are unknown.
 * 2. Hosts and networks that the owner of the installation lists are allowed, private ones too.
 * 3. A URL has one of the schemes that its purpose needs, and no user name or password.
 *
 * The check runs when an address is saved and again before each use. The program that connects resolves the name
 * once more, so a name server that changes its answer in between is not detected.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";
import { type Refused, refused } from "../refusals.ts";

/** Resolves a host name to its addresses; to none when it does not resolve. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** How hosts are resolved, and the exceptions to the rules. */
export interface UrlRules {
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

/** Parses a URL with one of `schemes` (`["https", "http"]`). Does not check its host. */
export function parseUrl(text: string, schemes: readonly string[]): URL | Refused {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/(\S+)$/i.exec(text) ?? [];
  if (!schemes.includes(scheme.toLowerCase())) {
    return refused("url_forbidden", `Cannot use this URL: it must begin with ${list(schemes)}`);
  }
  // The HTTP parser returns a host in its canonical form: 0x7f000001 as 127.0.0.1.
  const url = URL.parse(`http://${rest}`);
  if (!url || url.hostname === "" || /\p{Cc}/u.test(text)) {
    return refused("url_forbidden", "Cannot use this URL: it has no readable host");
  }
  if (url.username !== "" || url.password !== "") {
    return refused(
      "url_forbidden",
      "Cannot use this URL: it must not hold a user name or password",
    );
  }
  return url;
}

/** Checks a URL against every rule; `undefined` when it may be used. */
export async function checkUrl(
  text: string,
  { schemes, rules }: { readonly schemes: readonly string[]; readonly rules: UrlRules },
): Promise<Refused | undefined> {
  const url = parseUrl(text, schemes);
  return url instanceof URL ? await checkHost(url.hostname, rules) : url;
}

/** Checks a host name or address; `undefined` when it may be connected to. */
export async function checkHost(name: string, rules: UrlRules): Promise<Refused | undefined> {
  const host = name.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (rules.allowed.includes(host)) return undefined;
  const addresses = isIP(host) ? [host] : await rules.resolve(host);
  if (addresses.length === 0) {
    return refused("url_forbidden", `Cannot use ${host}: the name does not resolve`);
  }
  const networks = blockList(rules.allowed.filter((entry) => entry.includes("/")));
  const inside = addresses.find((address) =>
    !isPublicAddress(address) && !rules.allowed.includes(address) &&
    !networks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
  );
  if (inside === undefined) return undefined;
  const what = inside === host ? host : `${host} (${inside})`;
  const remedy = "Ask the owner of the installation to add it to FARPAD_ALLOWED_HOSTS";
  return refused("url_forbidden", `Cannot use ${what}: it is inside a private network. ${remedy}`);
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

function list(schemes: readonly string[]): string {
  return schemes.map((scheme) => `${scheme}://`).join(" or ");
}

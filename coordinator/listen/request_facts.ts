/**
 * The facts of a request that are not in its URL and body: the client's address, and the public address that the
 * client used. The public address is `FARPAD_PUBLIC_URL` where it is set; otherwise it is read from the request or
 * from the headers of a trusted proxy.
 *
 * @module
 */
import { canonicalHost, hostInUrl } from "../../protocol/addresses/hosts.ts";
import { createTrust, readForwarded, unmapped } from "./forwarded.ts";

/** The facts of a request. */
export interface RequestFacts {
  /** The client's IP address. */
  readonly address: string;
  /** Whether the client uses HTTPS, to the coordinator or to a trusted proxy. */
  readonly secure: boolean;
  /** The host in the client's request; absent when there is none or it is malformed. */
  readonly host?: NamedHost | undefined;
  /** Whether a proxy passed the request on, trusted or not. */
  readonly passedOn: boolean;
  /** The address at which people and devices reach the coordinator; absent when neither setting nor request has it. */
  readonly publicAddress?: PublicAddress | undefined;
}

/** A host, and its port if one was given. */
export interface NamedHost {
  /** Canonical, without brackets. */
  readonly name: string;
  /** Absent when no port was given. */
  readonly port?: number | undefined;
}

/** An origin and a path below it. */
export interface PublicAddress {
  /** Such as `https://play.example.org:8443`. */
  readonly origin: string;
  /** The path of the pages, without a slash at its end: empty, or such as `/farpad`. */
  readonly base: string;
}

/** The settings of {@linkcode createFactsReader}. */
export interface RequestFactsOptions {
  /** `FARPAD_PUBLIC_URL`, with a slash at its end. */
  readonly publicUrl: string | undefined;
  /** The entries of `FARPAD_TRUSTED_PROXIES`. */
  readonly trustedProxies: readonly string[];
}

/** Reads a request's facts. `peer` is the IP address that the connection came from. */
export type ReadFacts = (
  headers: Headers,
  connection: { readonly peer: string; readonly tls: boolean },
) => RequestFacts;

/** Creates the reader of facts. */
export function createFactsReader(options: RequestFactsOptions): ReadFacts {
  const isTrusted = createTrust(options.trustedProxies);
  const configured = options.publicUrl === undefined ? undefined : addressOf(options.publicUrl);
  return (headers, { peer, tls }) => {
    const forwarded = readForwarded(headers, peer, isTrusted);
    const host = parseHost(forwarded.host ?? headers.get("host") ?? "", forwarded.port);
    const secure = forwarded.scheme === undefined
      ? tls || isNamedBy(configured, host)
      : forwarded.scheme === "https";
    return {
      address: forwarded.address ?? unmapped(peer),
      secure,
      host,
      passedOn: ["forwarded", "x-forwarded-for"].some((name) => headers.has(name)),
      publicAddress: configured ?? requested(host, { secure, base: forwarded.prefix ?? "" }),
    };
  };
}

/** Reads a `Host` header, a host and optionally a port (RFC 9110 §7.2). `port` is the port if the text has none. */
export function parseHost(text: string, port?: number): NamedHost | undefined {
  const [, hostText = "", portText] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const name = canonicalHost(hostText);
  if (name === undefined) return undefined;
  return { name, port: portText === undefined ? port : Number(portText) };
}

/** The public address of a URL that ends with a slash. */
function addressOf(text: string): PublicAddress {
  const { origin, pathname } = new URL(text);
  return { origin, base: pathname.replace(/\/$/, "") };
}

function requested(
  host: NamedHost | undefined,
  { secure, base }: { readonly secure: boolean; readonly base: string },
): PublicAddress | undefined {
  if (!host) return undefined;
  const port = host.port === undefined ? "" : `:${host.port}`;
  const { origin } = new URL(`${secure ? "https" : "http"}://${hostInUrl(host.name)}${port}`);
  return { origin, base };
}

/** Whether this host is the host of the configured HTTPS address, so that the request came over HTTPS. */
function isNamedBy(configured: PublicAddress | undefined, host: NamedHost | undefined): boolean {
  if (!configured || !host) return false;
  const { protocol, hostname, port } = new URL(configured.origin);
  if (protocol !== "https:" || canonicalHost(hostname) !== host.name) return false;
  return host.port === undefined || host.port === Number(port || 443);
}

/** The path below the public address: `/farpad/api` → `/api` for the base `/farpad`. */
export function pathBelow(base: string, path: string): string {
  if (base === "") return path;
  if (path === base) return "/";
  return path.startsWith(`${base}/`) ? path.slice(base.length) : path;
}

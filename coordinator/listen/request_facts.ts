/**
 * What the coordinator knows of a request besides the request: who sent it, and at which public address. The
 * public address is `FARPAD_PUBLIC_URL` where it is set; otherwise it is what the request, or a trusted proxy,
 * names.
 *
 * @module
 */
import { canonicalHost, hostInUrl } from "../../protocol/addresses/hosts.ts";
import { createTrust, readForwarded, unmapped } from "./forwarded.ts";

export interface RequestFacts {
  /** The client's IP address. */
  readonly address: string;
  /** Whether the client speaks HTTPS, to the coordinator or to a trusted proxy. */
  readonly secure: boolean;
  /** The host that the client named; absent: the request names none that can be read. */
  readonly host?: NamedHost | undefined;
  /** Whether a proxy passed the request on, trusted or not. */
  readonly passedOn: boolean;
  /** Where people and devices reach the coordinator; absent: neither a setting nor the request tells. */
  readonly publicAddress?: PublicAddress | undefined;
}

/** A host and the port that stood with it. */
export interface NamedHost {
  /** Canonical, without brackets. */
  readonly name: string;
  /** Absent: no port was named. */
  readonly port?: number | undefined;
}

/** An origin and a path below it. */
export interface PublicAddress {
  /** Such as `https://play.example.org:8443`. */
  readonly origin: string;
  /** Path of the pages without a slash at its end: empty, or such as `/farpad`. */
  readonly base: string;
}

export interface RequestFactsOptions {
  /** `FARPAD_PUBLIC_URL`, with a slash at its end. */
  readonly publicUrl: string | undefined;
  /** As `FARPAD_TRUSTED_PROXIES` lists them. */
  readonly trustedProxies: readonly string[];
}

/** Reads a request's facts. `peer` is the IP address that the connection came from. */
export type ReadFacts = (
  headers: Headers,
  connection: { readonly peer: string; readonly tls: boolean },
) => RequestFacts;

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

/** Reads a `Host` header: a host and perhaps a port (RFC 9110 §7.2). */
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

/** Whether a request for this host came through what serves the configured HTTPS address. */
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

/**
 * Reads the host and port of an address, and the parts that every address has.
 *
 * A general URL parser is not enough for addresses that people type: it ends the host at the first `/` or `#` of a
 * password, drops what follows a `#`, and throws with the whole address in its message.
 *
 * @module
 */
import { canonicalHost, hostInUrl } from "./hosts.ts";

/** Why an address cannot be used: a sentence that holds no user name, password, stream key or passphrase. */
export interface AddressFault {
  readonly error: string;
}

/** A host and a port of an address; the port is absent where the text has none. */
export interface HostPort {
  /** In canonical form ({@linkcode canonicalHost}), without brackets. */
  readonly host: string;
  /** Absent: the default port of the scheme. */
  readonly port: number | undefined;
}

/** The longest host name, in characters (RFC 1035 §2.3.4). */
const MAX_HOST = 255;

/** Splits `scheme://rest`; the scheme in lower case. Undefined when the scheme or the rest is missing. */
export function splitScheme(
  text: string,
): { readonly scheme: string; readonly rest: string } | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/is.exec(text) ?? [];
  return scheme && rest ? { scheme: scheme.toLowerCase(), rest } : undefined;
}

/**
 * Whether a text holds characters that no protocol carries unchanged: control characters (Unicode category Cc), or
 * halves of surrogate pairs, which have no form in UTF-8.
 */
export function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text) || !text.isWellFormed();
}

/** Reads `host` or `host:port`; undefined when it is neither. An IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function readHostPort(text: string): HostPort | undefined {
  const [, host = "", digits] =
    /^(\[[0-9a-f:.]+\]|[^\s\[\]:@/?#\\%]+)(?::(\d{1,5}))?$/i.exec(text) ??
      [];
  if (host === "" || host.length > MAX_HOST) return undefined;
  const canonical = canonicalHost(host);
  if (canonical === undefined) return undefined;
  if (digits === undefined) return { host: canonical, port: undefined };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host: canonical, port } : undefined;
}

/** Writes a host and its port in the form of an address: an IPv6 address in brackets, the port behind a colon. */
export function writeHostPort({ host, port }: HostPort): string {
  return port === undefined ? hostInUrl(host) : `${hostInUrl(host)}:${port}`;
}

/**
 * Replaces each percent-encoded character (RFC 3986 §2.1) by the character that it encodes. A `%` without two
 * hexadecimal digits behind it, a sequence that is no UTF-8, and a `+` stay as they are.
 */
export function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

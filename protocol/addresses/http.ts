/**
 * Addresses of HTTP and HTTPS that people type: of webhooks and of releases. Programs differ in how they read an odd
 * one, so what is checked is also what is dialled: an odd address is refused, and the others are written anew from
 * their parts.
 *
 * @module
 */
import {
  type AddressFault,
  hasControls,
  type HostPort,
  readHostPort,
  splitScheme,
  writeHostPort,
} from "./authority.ts";

/** An address of HTTP or HTTPS, read into its parts. */
export interface HttpAddress extends HostPort {
  readonly scheme: "http" | "https";
  /** Path and query as a URL has them, beginning with `/`. */
  readonly path: string;
}

/** Reads an address, or says in a sentence that shows nothing of it why it cannot be used. */
export function readHttp(text: string): HttpAddress | AddressFault {
  const { scheme, rest } = splitScheme(text) ?? {};
  if ((scheme !== "https" && scheme !== "http") || rest === undefined) {
    return cannot("it must begin with https:// or http://");
  }
  if (hasControls(text) || /[\s\\]/.test(text)) {
    return cannot("it holds a space, a backslash or a control character");
  }
  if (rest.includes("#")) return cannot("it holds a #, and what follows is never sent");
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  if (authority.includes("@")) return cannot("it must not hold a user name or password");
  const place = readHostPort(authority);
  if (!place) return cannot("it has no readable host");
  const tail = end < 0 ? "" : rest.slice(end);
  const { pathname, search } = new URL(`http://host${tail.startsWith("/") ? "" : "/"}${tail}`);
  return { scheme, ...place, path: pathname + search };
}

/** Writes an address from its parts. */
export function writeHttp({ scheme, path, ...place }: HttpAddress): string {
  return `${scheme}://${writeHostPort(place)}${path}`;
}

function cannot(why: string): AddressFault {
  return { error: `Cannot use this address: ${why}` };
}

/**
 * Addresses of RTSP cameras: `rtsp://user:password@host:port/path`.
 *
 * People type passwords without encoding, so a password may hold `/`, `?`, `#` and `@`. The address is split by
 * RFC 3986 where that gives a host, and else at the only `@` that a host follows. An address with two readings is
 * refused with the advice to percent-encode.
 *
 * @module
 */
import {
  type AddressFault,
  byteLength,
  hasControls,
  type HostPort,
  percentDecode,
  readHostPort,
  splitScheme,
  writeHostPort,
} from "./authority.ts";

/** The address of an RTSP camera, read into its parts. */
export interface RtspAddress extends HostPort {
  readonly scheme: "rtsp" | "rtsps";
  /** Path and query as typed, beginning with `/` or `?`, or empty. Spaces are percent-encoded. */
  readonly path: string;
  /** User and password for the camera, byte for byte; absent when the address holds no user. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

/** FFmpeg keeps user and password of an RTSP address in a buffer of 128 bytes and cuts longer text. */
const MAX_CREDENTIALS = 127;
const ENCODE =
  "Write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25 in its user name, password " +
  "and path";

/** Reads an RTSP address, or says in a sentence why it cannot be used. */
export function readRtsp(text: string): RtspAddress | AddressFault {
  const cannot = (why: string) => ({ error: `Cannot use this camera address: ${why}` });
  const parts = splitScheme(text);
  if (!parts || (parts.scheme !== "rtsp" && parts.scheme !== "rtsps")) {
    return cannot("it must begin with rtsp:// or rtsps://");
  }
  if (hasControls(text)) return cannot("it holds a control character");
  const readings = readingsOf(parts.rest);
  const [reading] = readings;
  if (!reading) return cannot("it has no readable host. It must be rtsp://host:port/path");
  if (readings.length > 1) {
    return cannot(`it can be read in more than one way. ${ENCODE}`);
  }
  const { login, place, path } = reading;
  const credentials = login === undefined ? undefined : readLogin(login);
  if (credentials && /[:"\\]/.test(credentials.user)) {
    return cannot('its user name holds a :, " or \\, which RTSP cannot carry');
  }
  if (credentials && byteLength(writeLogin(credentials)) > MAX_CREDENTIALS) {
    return cannot(`its user name and password together are longer than ${MAX_CREDENTIALS} bytes`);
  }
  return { scheme: parts.scheme, ...place, path: path.replaceAll(" ", "%20"), credentials };
}

/** The address as FFmpeg's RTSP client takes it: user and password percent-encoded. Holds the password. */
export function writeRtsp(address: RtspAddress): string {
  const { scheme, credentials, path } = address;
  const login = credentials ? `${writeLogin(credentials)}@` : "";
  return `${scheme}://${login}${writeHostPort(address)}${path}`;
}

/** The address without user and password, to be shown and stored; `rtsp://…` when it cannot be read. */
export function publicRtsp(text: string): string {
  const address = readRtsp(text);
  if ("error" in address) return "rtsp://…";
  return writeRtsp({ ...address, credentials: undefined });
}

interface Reading {
  readonly login: string | undefined;
  /** Host and port as typed. */
  readonly authority: string;
  readonly place: HostPort;
  readonly path: string;
}

/** The ways to read the text after `rtsp://`: by RFC 3986, and with a login that holds `/`, `?` or `#`. */
function readingsOf(rest: string): Reading[] {
  const at = strictAt(rest);
  const strict = readAt(rest, at);
  const loose = [...rest.matchAll(/@/g)]
    .filter(({ index }) => index > at)
    .map(({ index }) => readAt(rest, index))
    .filter((reading) => reading !== undefined);
  if (!strict) return loose;
  // In rtsp://admin:1234/5@camera.local/ the user could be a host, and in rtsp://camera/user@1/ it is one.
  return [strict, ...loose.filter(({ authority }) => looksLikeHost(authority))];
}

/** Position of the `@` after the login by RFC 3986 §3.2.1: the last one before the first `/`, `?` or `#`. */
function strictAt(rest: string): number {
  const end = rest.search(/[/?#]/);
  return rest.slice(0, end < 0 ? rest.length : end).lastIndexOf("@");
}

/** Reads with the login before position `at` (-1: no login). */
function readAt(rest: string, at: number): Reading | undefined {
  const after = rest.slice(at + 1);
  const end = after.search(/[/?#]/);
  const authority = end < 0 ? after : after.slice(0, end);
  const place = readHostPort(authority);
  if (!place) return undefined;
  const login = at < 0 ? undefined : rest.slice(0, at);
  return { login, authority, place, path: end < 0 ? "" : after.slice(end) };
}

/** Whether a part of a path may be a host: it has a dot, a port or brackets. */
function looksLikeHost(authority: string): boolean {
  return /[.:[]/.test(authority) || authority === "localhost";
}

function readLogin(login: string): { user: string; password: string } {
  const colon = login.indexOf(":");
  const [user, password] = colon < 0
    ? [login, ""]
    : [login.slice(0, colon), login.slice(colon + 1)];
  return { user: percentDecode(user), password: percentDecode(password) };
}

/** FFmpeg decodes `%XX` and nothing else, so only the characters that end the login, and `%` itself, need encoding. */
function writeLogin({ user, password }: { user: string; password: string }): string {
  const encode = (text: string) =>
    text.replace(/[%/?#@\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `${encode(user)}:${encode(password)}`;
}

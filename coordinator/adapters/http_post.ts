/**
 * Posts over HTTP/1.1 (RFC 9112) with a time limit, to addresses that were checked before. `fetch` has no option for
 * the address to dial, so the request is written here. Of the answer the status is read and nothing else; no redirect
 * is followed.
 *
 * @module
 */
import { writeHostPort } from "../../protocol/addresses/authority.ts";
import { dialReachable } from "../../protocol/addresses/dial.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Post, PostTarget } from "../alerts/webhook.ts";

/** How long an answer may take, in milliseconds. */
const LIMIT = 5_000;
/** Bytes within which the first line of an answer ends. */
const MAX_STATUS_LINE = 1_024;

/**
 * Creates a sender of POST requests, whose answers may take 5 s. `caCerts`: PEM of certificate authorities that are
 * trusted besides the usual ones.
 */
export function createPost(clock: Clock, { caCerts = [] as readonly string[] } = {}): Post {
  return async (target, request) => {
    const late = Promise.withResolvers<never>();
    using _limit = clock.after(LIMIT, () => {
      late.reject(new Error(`it took longer than ${LIMIT / 1000} s`));
    });
    const { address: { scheme, host, port }, reachable } = target;
    const tls = scheme === "https";
    const place = { host, port: port ?? (tls ? 443 : 80), tls, reachable };
    const dialling = dialReachable(place, { clock, caCerts });
    try {
      const connection = await Promise.race([dialling, late.promise]);
      const sent = writeAll(connection, requestText(target, request));
      return await Promise.race([sent.then(() => readStatus(connection)), late.promise]);
    } finally {
      dialling.then((connection) => connection.close()).catch(() => {});
    }
  };
}

function requestText(
  { address }: PostTarget,
  { headers, body }: Parameters<Post>[1],
): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(body);
  const all = {
    host: writeHostPort(address),
    "content-length": String(bytes.length),
    connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`POST ${address.path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
  return new Uint8Array([...new TextEncoder().encode(head), ...bytes]);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readStatus(connection: Deno.Conn): Promise<number> {
  let text = "";
  while (!text.includes("\n") && text.length < MAX_STATUS_LINE) {
    const bytes = new Uint8Array(MAX_STATUS_LINE);
    const count = await connection.read(bytes);
    if (count === null) break;
    text += new TextDecoder("latin1").decode(bytes.subarray(0, count));
  }
  const [, status] = /^HTTP\/1\.[01] (\d{3})[ \r\n]/.exec(text) ?? [];
  if (status === undefined) throw new Error("its answer is not HTTP");
  return Number(status);
}

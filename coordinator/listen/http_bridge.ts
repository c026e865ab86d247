/**
 * A request of `node:http` as one of the web platform, which Hono takes, and the answer back.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";

/** The request; `undefined` when its address or its method cannot be read. `gone`: its sender waits no more. */
export function toRequest(
  message: IncomingMessage,
  scheme: "http" | "https",
  gone?: AbortSignal,
): Request | undefined {
  const { method = "GET", url = "", headers: { host } } = message;
  if (!url.startsWith("/")) return undefined;
  try {
    return new Request(`${scheme}://${host || "localhost"}${url}`, {
      method,
      headers: headersOf(message),
      ...(gone && { signal: gone }),
      // Half duplex: the answer begins after the request is read, or without it.
      ...(hasBody(message) && { body: Readable.toWeb(message), duplex: "half" }),
    });
  } catch {
    return undefined;
  }
}

/** Whether a handler may read a body. */
export function hasBody({ method }: IncomingMessage): boolean {
  return method !== "GET" && method !== "HEAD";
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  }
  return headers;
}

/** Sends the answer. Every answer of the coordinator is in memory already, so it is sent as one. */
export async function sendResponse(response: Response, to: ServerResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (to.destroyed) return;
  to.writeHead(response.status, headerLines(response, body));
  to.end(body);
}

/** The answer to a request for an upgrade that is refused, as it stands on the wire (RFC 9112 §2.1). */
export async function refusalText(response: Response): Promise<Uint8Array> {
  const body = new Uint8Array(await response.arrayBuffer());
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`];
  const headers = headerLines(response, body);
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  lines.push("connection: close", "", "");
  const head = new TextEncoder().encode(lines.join("\r\n"));
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** Names and values in turn; a name may stand twice. */
function headerLines({ headers, status }: Response, body: Uint8Array): string[] {
  const lines = [...headers].flat();
  const sized = headers.has("content-length") || status === 204 || status === 304;
  return sized ? lines : [...lines, "content-length", String(body.length)];
}

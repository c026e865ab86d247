/**
 * {@linkcode Dial} over npm `ws`, for worker and agent. Pages use the browser's own WebSocket instead and never
 * load this file.
 *
 * Deno's own WebSocket client holds back messages above one kilobyte for 44 ms (measured with Deno 2.9).
 *
 * @module
 */
import { networkInterfaces } from "node:os";
import { WebSocket } from "ws";
import { canonicalHost, isLoopbackHost } from "../addresses/hosts.ts";
import type { Dial } from "./leg_client.ts";

/** The largest message taken, in bytes. */
const MAX_PAYLOAD = 1024 * 1024;

/**
 * A dialler for `ws:` and `wss:` addresses. `ca` is PEM text of an authority to trust besides the usual ones.
 *
 * @throws {SyntaxError} by the dialler, when the address is not a WebSocket URL.
 */
export function createWsDial({ ca }: { readonly ca?: string | undefined } = {}): Dial {
  return (url, listener) => {
    const socket = new WebSocket(url, {
      maxPayload: MAX_PAYLOAD,
      // No other machine can answer at these addresses, and the certificate names the public host only.
      rejectUnauthorized: !isThisMachine(new URL(url).hostname),
      ...(ca !== undefined && { ca }),
    });
    let fault = "";
    socket.on("open", () => listener.opened());
    socket.on("message", (data) => listener.text(String(data)));
    socket.on("error", ({ message }) => void (fault = faultOf(message)));
    socket.on("close", (code, reason) => listener.closed(code, String(reason) || fault));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
    };
  };
}

/** Whether a URL's host is loopback or an address of one of this machine's interfaces. */
function isThisMachine(hostname: string): boolean {
  const host = canonicalHost(hostname) ?? "";
  return isLoopbackHost(host) ||
    Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === host));
}

/** `ws` reports an answer that is no WebSocket by its HTTP status only. */
function faultOf(message: string): string {
  const status = /^Unexpected server response: (\d+)$/.exec(message)?.[1];
  if (status === undefined) return message;
  return `HTTP ${status} in place of a WebSocket: the coordinator refuses, or another program answers there`;
}

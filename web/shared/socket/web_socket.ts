/**
 * The WebSockets of the browser: one for the text of a leg, one for binary messages, and the address of a leg.
 *
 * @module
 */
import { CLOSE } from "../../../protocol/close.ts";
import type { Dial } from "../../../protocol/connection/leg_client.ts";
import { placed } from "../place.ts";

/** {@linkcode Dial} over the browser's own WebSocket. */
export const dialWebSocket: Dial = (url, listener) => {
  const socket = new WebSocket(url);
  const ended = new AbortController();
  const { signal } = ended;
  socket.addEventListener("open", () => listener.opened(), { signal });
  socket.addEventListener("message", ({ data }) => listener.text(String(data)), { signal });
  socket.addEventListener("close", ({ code, reason }) => listener.closed(code, reason), { signal });
  return {
    send: (text) => socket.send(text),
    close: (_code, reason) => socket.close(CLOSE.normal, reason),
    terminate() {
      ended.abort();
      socket.close();
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
};

/** The address of a leg on the host that served this page. */
export function legUrl(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(placed(path), location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.href;
}

/** A WebSocket that carries binary messages. Disposing closes it without a further call. */
export interface BinarySocket extends Disposable {
  readonly bufferedAmount: number;
  /** False while it is not open. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** Opens a WebSocket at an HTTP address or a path of this host. `failed`: the browser does not even try. */
export function dialBinary(
  address: string,
  listener: {
    readonly opened: () => void;
    readonly message: (bytes: Uint8Array) => void;
    readonly closed: (code: number) => void;
    readonly failed: (error: unknown) => void;
  },
): BinarySocket {
  let socket: WebSocket;
  try {
    const url = new URL(placed(address), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url.href);
  } catch (error) {
    listener.failed(error);
    return { bufferedAmount: 0, send: () => false, [Symbol.dispose]: () => {} };
  }
  const ended = new AbortController();
  const { signal } = ended;
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", listener.opened, { signal });
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) listener.message(new Uint8Array(data));
  }, { signal });
  socket.addEventListener("close", ({ code }) => listener.closed(code), { signal });
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(bytes);
      return true;
    },
    [Symbol.dispose]() {
      ended.abort();
      socket.close();
    },
  };
}

/**
 * The worker's side of `/wso`: dial, say hello, keep trying. A lost coordinator never touches a running room.
 *
 * Uses `ws`, because Deno's own WebSocket client holds back messages above one kilobyte for 44 ms (measured).
 *
 * @module
 */
import { WebSocket } from "ws";
import type { Clock } from "../protocol/clock.ts";
import { isRetryable } from "../protocol/close.ts";
import { isRefusal } from "../protocol/envelope.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import { createReconnector } from "../protocol/reconnect.ts";
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../protocol/legs/worker_leg.ts";

/** The coordinator is dead when nothing, not even a ping, came for this long, in milliseconds. */
const SILENCE = 90_000;
/** After a refusal only an operator can change something: try again this late, in milliseconds. */
const REFUSED_RETRY = 60_000;
/** A coordinator that leaves this many bytes unread is taken for dead. */
const MAX_BUFFERED = 1024 * 1024;

export interface CoordinatorLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly url: string;
  /** The hello of this moment. */
  readonly hello: () => FromWorker;
  readonly receive: (message: Exclude<ToWorker, { type: "worker.hello.response" }>) => void;
  /** The coordinator took the hello. */
  readonly accepted: () => void;
}

export interface CoordinatorLink extends Disposable {
  /** Sends now or never: what is said while the coordinator is away is dropped, the next hello tells the state. */
  send(message: FromWorker): void;
}

export function createCoordinatorLink(options: CoordinatorLinkOptions): CoordinatorLink {
  const { clock, random, log, url } = options;
  const reconnector = createReconnector({ clock, random, connect });
  let socket: WebSocket | undefined;
  let silence: Disposable | undefined;
  let refusedUntil: Disposable | undefined;
  let over = false;
  connect();

  function connect(): void {
    if (over) return;
    const current = new WebSocket(url, {
      handshakeTimeout: 10_000,
      maxPayload: 1024 * 1024,
      rejectUnauthorized: !isLoopback(url),
    });
    socket = current;
    current.on("open", () => {
      listenForSilence(current);
      current.send(fromWorker.encode(options.hello()));
    });
    current.on("ping", () => listenForSilence(current));
    current.on("message", (data) => {
      listenForSilence(current);
      read(String(data));
    });
    current.on("error", (error) => log.debug("coordinator socket error", { error: error.message }));
    current.on("close", (code, reason) => closed(current, { code, reason: String(reason) }));
  }

  function read(text: string): void {
    const decoded = toWorker.decode(text);
    if (!decoded.ok) {
      return log.warn("message from the coordinator refused", { ...decoded.refusal });
    }
    const { message } = decoded;
    if (message.type !== "worker.hello.response") return options.receive(message);
    if (isRefusal(message.payload)) {
      return log.error("the coordinator refused this worker", { ...message.payload.error });
    }
    reconnector.opened();
    log.info("coordinator accepted this worker", { url });
    options.accepted();
  }

  function closed(which: WebSocket, { code, reason }: { code: number; reason: string }): void {
    silence?.[Symbol.dispose]();
    if (which !== socket || over) return;
    socket = undefined;
    if (isRetryable(code)) {
      const delay = reconnector.lost();
      return log.warn("coordinator is away, trying again", { url, code, reason, delay });
    }
    refusedUntil = clock.after(REFUSED_RETRY, connect);
    log.error("coordinator refuses this worker", { url, code, reason, delay: REFUSED_RETRY });
  }

  function listenForSilence(which: WebSocket): void {
    silence?.[Symbol.dispose]();
    silence = clock.after(SILENCE, () => which.terminate());
  }

  return {
    send(message) {
      // The hello was the first thing said, so what changes before it is answered comes after it.
      if (over || socket?.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > MAX_BUFFERED) {
        log.error("coordinator reads too slowly, dropping the connection", { url });
        return socket.terminate();
      }
      socket.send(fromWorker.encode(message));
    },
    [Symbol.dispose]() {
      over = true;
      reconnector[Symbol.dispose]();
      silence?.[Symbol.dispose]();
      refusedUntil?.[Symbol.dispose]();
      socket?.close(1000, "The worker is going away");
    },
  };
}

/** What stays on this machine needs no proof of who answers; its certificate names the public host anyway. */
function isLoopback(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}

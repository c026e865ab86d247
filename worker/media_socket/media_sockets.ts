/**
 * The media sockets of the worker: checks the ticket of each, connects it to the room that the ticket names, and bounds
 * what a browser may send and leave unread.
 *
 * ```text
 *  request ──limits──▶ waiting ──hello with a good ticket──▶ connected ──either end closes──▶ closed
 *                         └── 5 s, anything else ───────────────────────────────────────────▶ ▲
 * ```
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../protocol/clock.ts";
import { CLOSE } from "../../protocol/close.ts";
import { createBucket } from "../../protocol/connection/bucket.ts";
import {
  decodeFromBrowser,
  HELLO_LIMIT,
  MAX_FROM_BROWSER,
} from "../../protocol/media_socket/messages.ts";
import type { MediaRequest } from "../http_server.ts";
import type { SocketTarget } from "./pipe_messages.ts";
import type { RoomSocket, SocketListener } from "./room_sockets.ts";
import type { Tickets } from "./tickets.ts";

/** Most media sockets. */
const MAX_SOCKETS = 1_024;
/** Most sockets that have shown no ticket yet: in all, and of one address. */
const MAX_WAITING = 64;
const MAX_WAITING_OF_ADDRESS = 16;
/** New sockets: an upgrade takes as much of a processor as dozens of pictures. */
const OPENING = { perSecond: 40, burst: 80 };
/** Messages of one browser: pads at 120 a second, reports of 60 pictures a second, and to spare. */
const MESSAGES = { perSecond: 500, burst: 1_000 };
/** Bytes that a browser may leave unread. The room stops long before, unless its reports are false. */
const MAX_UNREAD = 4 * 1024 * 1024;
/** How long the other end may take to agree to a close before it is cut off, in milliseconds. */
const CLOSE_LIMIT = 5_000;

/** The dependencies of {@linkcode MediaSockets}. */
export interface MediaSocketsOptions {
  readonly clock: Clock;
  readonly tickets: Pick<Tickets, "take">;
  /** Connects a socket to the room of an offer; `undefined` when the room is gone. */
  readonly connect: (target: SocketTarget, listener: SocketListener) => RoomSocket | undefined;
}

/** The open media sockets. Disposing cuts all off. */
export class MediaSockets implements Disposable {
  readonly #options: MediaSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FROM_BROWSER,
    maxFragments: 8,
    maxBufferedChunks: 64,
  });
  readonly #opening;
  readonly #open = new Set<WebSocket>();
  /** The addresses of the sockets without a ticket. */
  readonly #waiting = new Map<WebSocket, string>();
  #isOver = false;

  constructor(options: MediaSocketsOptions) {
    this.#options = options;
    this.#opening = createBucket(options.clock, OPENING);
  }

  /** Opens a socket for a request, or refuses it. */
  accept({ message, stream, head, address }: MediaRequest): void {
    const ofAddress = [...this.#waiting.values()].filter((each) => each === address).length;
    const isFull = this.#open.size >= MAX_SOCKETS || this.#waiting.size >= MAX_WAITING ||
      ofAddress >= MAX_WAITING_OF_ADDRESS;
    if (this.#isOver || isFull || !this.#opening.take()) {
      return void stream.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
    }
    this.#server.handleUpgrade(message, stream, head, (socket) => this.#attach(socket, address));
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const socket of this.#open) socket.terminate();
  }

  #attach(socket: WebSocket, address: string): void {
    const { clock } = this.#options;
    const messages = createBucket(clock, MESSAGES);
    const timers = new DisposableStack();
    let room: RoomSocket | undefined;
    let isClosing = false;
    this.#open.add(socket);
    this.#waiting.set(socket, address);
    timers.use(clock.after(HELLO_LIMIT, () => {
      if (this.#waiting.has(socket)) close(CLOSE.silent, "Closed: no hello within 5 s");
    }));

    const close = (code: number, reason: string) => {
      if (isClosing) return;
      isClosing = true;
      this.#waiting.delete(socket);
      room?.closed(reason);
      timers.use(clock.after(CLOSE_LIMIT, () => socket.terminate()));
      socket.close(code, reason);
    };
    const hello = (bytes: Uint8Array) => {
      const message = decodeFromBrowser(bytes);
      if (message?.type !== "hello") {
        return close(CLOSE.badMessages, "Closed: the first message is no hello of this version");
      }
      const offered = this.#options.tickets.take(message.ticket);
      if (!offered) return close(CLOSE.forbidden, "Closed: the ticket was used, is over or wrong");
      this.#waiting.delete(socket);
      room = this.#options.connect({ ...offered, codecs: message.codecs }, {
        message(bytes) {
          if (isClosing || socket.readyState !== socket.OPEN) return;
          if (socket.bufferedAmount > MAX_UNREAD) {
            return close(CLOSE.slow, "Closed: the browser does not read what it is sent");
          }
          socket.send(bytes);
        },
        close,
      });
      if (!room) close(CLOSE.forbidden, "Closed: the room of this ticket is gone");
    };
    socket.on("message", (data, isBinary) => {
      if (isClosing) return;
      if (!isBinary) return close(CLOSE.unsupported, "Closed: media sockets carry binary messages");
      if (!messages.take()) return close(CLOSE.tooMany, "Closed: too many messages a second");
      if (room) room.message(data as Buffer);
      else hello(data as Buffer);
    });
    // What is wrong with a frame is followed by the close.
    socket.on("error", () => {});
    socket.on("close", () => {
      isClosing = true;
      timers.dispose();
      this.#open.delete(socket);
      this.#waiting.delete(socket);
      room?.closed("The browser closed its media socket");
    });
  }
}

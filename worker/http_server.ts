/**
 * The worker's own HTTP server: `/ping` for browsers that measure their round trip, `/healthz` for monitoring,
 * `/media`, the media sockets of browsers that UDP does not reach, `/recordings` and `/pictures`, and `/uploads` of devices.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../protocol/clock.ts";
import { acceptAll } from "../protocol/listen/accept.ts";
import { ConnectionStream } from "../protocol/listen/connection_stream.ts";
import { createHttpParser } from "../protocol/listen/node_server.ts";
import type { Log } from "../protocol/log.ts";
import { MEDIA_PATH } from "../protocol/media_socket/messages.ts";
import { isPicturePath } from "./pictures/picture_server.ts";
import { FileServer } from "./recording/file_server.ts";
import { UploadServer } from "./recording/device/upload_server.ts";

/** Most connections, media sockets included; a further one is closed at once. */
const MAX_CONNECTIONS = 2_048;
/** A connection without a request for this long is closed, in milliseconds. */
const IDLE_LIMIT = 20_000;

/** A request for a media socket, with the connection that the socket takes over. */
export interface MediaRequest {
  readonly message: IncomingMessage;
  readonly stream: Duplex;
  /** What came behind the request's head. */
  readonly head: Buffer;
  /** The IP address of the other end. */
  readonly address: string;
}

/** Where the server listens, its health report, and who takes media sockets. */
export interface HttpServerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The body of `/healthz`. */
  readonly health: () => Record<string, unknown>;
  readonly media: (request: MediaRequest) => void;
  /** Answers requests for recordings. */
  readonly files?: Answer;
  /** Answers requests for small pictures. */
  readonly pictures?: Answer;
  /** Takes files of devices. */
  readonly uploads?: Answer;
}

/** Answers a request; resolves when the answer has ended. */
type Answer = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A running server. */
export interface HttpServer {
  /** The bound port, also when port 0 was requested. */
  readonly port: number;
  /** Accepts no more connections, and closes those that are open. */
  close(): void;
}

/** Pages of any origin may measure a ping; its response holds no information. */
const PING_HEADERS = {
  "access-control-allow-origin": "*",
  "timing-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "no-store",
};

/**
 * Starts the server.
 *
 * @throws {Error} the system's, when the port cannot be bound
 */
export function serveHttp(
  { hostname, port, clock, log, health, media, files, pictures, uploads }: HttpServerOptions,
): HttpServer {
  const listener = Deno.listen({ hostname, port });
  const open = new Map<Duplex, Disposable>();
  const parser = createHttpParser();

  /** Gives a connection until then to make a request. */
  function expectRequest(stream: Duplex): void {
    open.get(stream)?.[Symbol.dispose]();
    open.set(stream, clock.after(IDLE_LIMIT, () => stream.destroy()));
  }

  /** An answer may take longer than a connection may be idle. */
  function sendFile(send: Answer, message: IncomingMessage, response: ServerResponse): void {
    const { socket } = message;
    open.get(socket)?.[Symbol.dispose]();
    const failed = (error: unknown) => {
      log.warn("request about a file failed", { error });
      response.destroy();
    };
    void send(message, response).catch(failed).finally(() => {
      if (open.has(socket)) expectRequest(socket);
    });
  }

  parser.on("request", (message, response) => {
    if (uploads && UploadServer.owns(pathOf(message))) return sendFile(uploads, message, response);
    message.resume();
    expectRequest(message.socket);
    if (files && FileServer.owns(pathOf(message))) return sendFile(files, message, response);
    if (pictures && isPicturePath(pathOf(message))) return sendFile(pictures, message, response);
    switch (pathOf(message)) {
      case "/ping":
        return respond(response, 200, "pong", PING_HEADERS);
      case "/healthz":
        return respond(response, 200, JSON.stringify(health()), {
          "content-type": "application/json",
        });
      case MEDIA_PATH:
        return respond(response, 426, "This is a WebSocket address\n");
      default:
        return respond(response, 404, "Nothing is here\n");
    }
  });
  parser.on("upgrade", (message, stream, head) => {
    if (pathOf(message) !== MEDIA_PATH || !(stream instanceof ConnectionStream)) {
      return void stream.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    }
    // Its owner says from now on how long it may be silent.
    open.get(stream)?.[Symbol.dispose]();
    media({ message, stream, head, address: stream.remoteAddress });
  });
  // A request that cannot be read is followed by the close.
  parser.on("clientError", (_error, stream) => void stream.destroy());

  void acceptAll(listener, {
    clock,
    log,
    accepted(connection) {
      if (open.size >= MAX_CONNECTIONS) return connection.close();
      // Pads and pictures are small messages that must not wait for each other.
      if ("setNoDelay" in connection) (connection as Deno.TcpConn).setNoDelay(true);
      const stream = new ConnectionStream(connection, clock);
      expectRequest(stream);
      stream.once("close", () => {
        open.get(stream)?.[Symbol.dispose]();
        open.delete(stream);
      });
      parser.emit("connection", stream);
    },
    // Connections that make no request end by themselves.
    outOfFiles: () => {},
  });
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close() {
      listener.close();
      for (const stream of [...open.keys()]) stream.destroy();
    },
  };
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, "");
}

function respond(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain;charset=UTF-8",
    "content-length": String(new TextEncoder().encode(body).length),
    ...headers,
  });
  response.end(body);
}

/**
 * The HTTP parser of `node:http` for connections that are accepted elsewhere.
 *
 * @module
 */
import { createServer, type Server } from "node:http";

/** The head of a request, in bytes; share links and cookies take a few hundred. */
const MAX_HEAD = 16 * 1024;

/** A server that listens nowhere: hand it each connection with the event `connection`. */
export function createHttpParser(): Server {
  const server = createServer({ maxHeaderSize: MAX_HEAD, keepAliveTimeout: 0 });
  // The server of Deno 2.9 ends each connection after its first answer unless it listens itself.
  Object.defineProperty(server, "listening", { value: true });
  return server;
}

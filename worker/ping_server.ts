/**
 * The worker's own HTTP server: `/ping` for browsers that measure their round trip, `/healthz` for monitoring.
 *
 * @module
 */
import { errorText } from "../protocol/error_text.ts";
import type { Log } from "../protocol/log.ts";

/** Where the server listens, and its health report. */
export interface PingServerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly log: Log;
  /** The body of `/healthz`. */
  readonly health: () => Record<string, unknown>;
}

/** A running server. */
export interface PingServer {
  /** The bound port, also when port 0 was requested. */
  readonly port: number;
  /** Resolves when the last response is sent. */
  close(): Promise<void>;
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
export function servePing({ hostname, port, log, health }: PingServerOptions): PingServer {
  const server = Deno.serve({
    hostname,
    port,
    onListen: () => {},
    onError: (error) => {
      log.error("ping server error", { error: errorText(error) });
      return new Response(null, { status: 500 });
    },
  }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/ping") return new Response("pong", { headers: PING_HEADERS });
    if (pathname === "/healthz") return Response.json(health());
    return new Response("Nothing is here\n", { status: 404 });
  });
  return { port: server.addr.port, close: () => server.shutdown() };
}

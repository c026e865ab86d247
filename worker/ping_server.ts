/**
 * The worker's own HTTP server: `/ping` for browsers that measure their round trip, `/healthz` for monitoring.
 *
 * @module
 */
import { errorText } from "../protocol/error_text.ts";
import type { Log } from "../protocol/log.ts";

export interface PingServerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly log: Log;
  readonly health: () => Record<string, unknown>;
}

export interface PingServer {
  /** The port really bound. */
  readonly port: number;
  close(): Promise<void>;
}

/** Any page may time a ping; the answer holds no information. */
const PING_HEADERS = {
  "access-control-allow-origin": "*",
  "timing-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "no-store",
};

/** @throws the system's error when the port cannot be bound */
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

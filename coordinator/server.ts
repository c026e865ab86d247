/**
 * Listens for HTTP and HTTPS requests, and passes each to the app with its facts.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import type { Hono } from "hono";
import { hostInUrl, isEveryAddress, isLoopbackHost } from "../protocol/addresses/hosts.ts";
import { type Clock, sleep } from "../protocol/clock.ts";
import { refuse } from "../protocol/envelope.ts";
import { errorText } from "../protocol/error_text.ts";
import type { Log } from "../protocol/log.ts";
import { acceptAll } from "../protocol/listen/accept.ts";
import type { PoolLimits } from "./listen/connection_pool.ts";
import { ConnectionStream } from "../protocol/listen/connection_stream.ts";
import { Connections } from "./listen/connections.ts";
import { createTrust } from "./listen/forwarded.ts";
import { createHttpServer } from "./listen/http_server.ts";
import { tlsLayer } from "../protocol/listen/tls_layer.ts";
import { RequestBudget } from "./listen/request_budget.ts";
import { createFactsReader, type RequestFactsOptions } from "./listen/request_facts.ts";
import type { Metrics } from "./metrics.ts";
import type { AppEnv } from "./routes/app_env.ts";

/** A certificate and its private key, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** The settings of {@linkcode listen}. */
export interface ListenOptions extends RequestFactsOptions {
  /** Canonical, without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** `undefined` for HTTP. */
  readonly tls: TlsFiles | undefined;
  /** The most connections. */
  readonly connections: PoolLimits;
  /** Requests and new connections a second of one address (IPv6: one /64). */
  readonly requestRate: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A server that listens. */
export interface Server {
  /** The URL for a browser on this machine, without a slash at its end. */
  readonly url: string;
  /** The URL for a program on this machine: always with an address that is bound. */
  readonly localUrl: string;
  readonly port: number;
  /** Accepts no new connections, ends the sockets, and resolves when the running requests are answered. */
  shutdown(): Promise<void>;
}

/** Starts to listen. `error` is a sentence: the address cannot be bound, or the certificate cannot be used. */
export function listen(
  app: Pick<Hono<AppEnv>, "fetch">,
  options: ListenOptions,
): Server | { error: string } {
  const { host, port, tls, clock, log, metrics } = options;
  const readFacts = createFactsReader(options);
  let listener: Deno.Listener;
  let layer = (stream: Duplex) => stream;
  try {
    const where = { hostname: host, port };
    if (tls) layer = tlsLayer(tls);
    listener = Deno.listen(where);
  } catch (error) {
    return { error: listenFault(error, options) };
  }
  const scheme = tls ? "https" : "http";
  const isTrusted = createTrust(options.trustedProxies);
  const budget = new RequestBudget({ clock, isTrusted, perSecond: options.requestRate });
  const connections = new Connections({
    ...{ clock, metrics, layer, isTrusted, budget, limits: options.connections },
  });
  const serve = createHttpServer({
    ...{ scheme, connections },
    answer: async (request, { peer, upgrade }) => {
      const facts = readFacts(request.headers, { peer, tls: tls !== undefined });
      const wait = budget.request(facts.address);
      if (wait === undefined) {
        metrics.count("farpad_requests_limited_total", { how: "refused" });
        return tooMany(facts.address);
      }
      if (wait > 0) {
        metrics.count("farpad_requests_limited_total", { how: "delayed" });
        await sleep(clock, wait);
      }
      return await app.fetch(request, { ...facts, upgrade });
    },
  });
  void acceptAll(listener, {
    ...{ clock, log },
    accepted(connection) {
      const held = connections.enter(new ConnectionStream(connection, clock));
      if (held) serve(held);
    },
    outOfFiles: () => connections.outOfFiles(),
  });
  let shutdown: Promise<void> | undefined;
  const { hostname, port: bound } = listener.addr as Deno.NetAddr;
  return {
    url: `${scheme}://${shownHost(host)}:${bound}`,
    localUrl: `${scheme}://${hostInUrl(localHost(hostname))}:${bound}`,
    port: bound,
    shutdown() {
      shutdown ??= close();
      return shutdown;
    },
  };

  async function close(): Promise<void> {
    listener.close();
    await connections.shutdown();
    connections[Symbol.dispose]();
  }
}

/** The answer to a request beyond the budget of its network. The connection ends with it. */
function tooMany(address: string): Response {
  const message = `Cannot answer: ${address} makes too many requests. Try again in 10 s`;
  const headers = { "retry-after": "10", connection: "close" };
  return Response.json(refuse("rate", message), { status: 429, headers });
}

function listenFault(error: unknown, { host, port, tls }: ListenOptions): string {
  const where = `Cannot listen on ${hostInUrl(host)}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${where}: another program uses this port. Stop it, or choose another with FARPAD_PORT`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${where}: this port is not allowed. Choose one above 1023 with FARPAD_PORT`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${where}: this machine has no such address. Correct FARPAD_HOST`;
  }
  const why = errorText(error);
  if (/failed to lookup|resolve/i.test(why)) {
    return `${where}: this name does not resolve. Correct FARPAD_HOST`;
  }
  if (tls && /cert|key|pem/i.test(why)) {
    return `${where}: the certificate or its key cannot be used (${why}). Check FARPAD_TLS_CERT and FARPAD_TLS_KEY`;
  }
  return `${where}: ${why}`;
}

/**
 * The host to show. Browsers trust `localhost` without HTTPS, and they try 127.0.0.1 and ::1 for it, so it stands for
 * both and for all addresses.
 */
function shownHost(host: string): string {
  if (isEveryAddress(host) || isLoopbackHost(host)) {
    return host.startsWith("127.") && host !== "127.0.0.1" ? host : "localhost";
  }
  return hostInUrl(host);
}

/** The host for programs on this machine: a socket that is bound to every address also accepts loopback. */
function localHost(bound: string): string {
  if (bound === "0.0.0.0") return "127.0.0.1";
  return bound === "::" ? "::1" : bound;
}

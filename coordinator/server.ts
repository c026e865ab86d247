/**
 * Listens for HTTP and HTTPS and hands each request to the app with its facts.
 *
 * @module
 */
import type { Hono } from "hono";
import { hostInUrl, isEveryAddress, isLoopbackHost } from "../protocol/addresses/hosts.ts";
import { errorText } from "../protocol/error_text.ts";
import { createFactsReader, type RequestFactsOptions } from "./listen/request_facts.ts";
import type { AppEnv } from "./routes/app_env.ts";

export interface TlsFiles {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface ListenOptions extends RequestFactsOptions {
  /** Canonical, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls: TlsFiles | undefined;
}

export interface Server {
  /** Where a browser on this machine finds the coordinator; no slash at its end. */
  readonly url: string;
  /** Where a program on this machine reaches it: always an address that is bound. */
  readonly localUrl: string;
  readonly port: number;
  /** Takes no new connections and resolves when the requests under way are answered. */
  shutdown(): Promise<void>;
}

/** Starts to listen. An address that cannot be bound is a sentence, and so is what is wrong with a certificate. */
export function listen(app: Hono<AppEnv>, options: ListenOptions): Server | { error: string } {
  const { host, port, tls } = options;
  const readFacts = createFactsReader(options);
  try {
    const server = Deno.serve({
      hostname: host,
      port,
      ...(tls ?? {}),
      onListen: () => {},
    }, (request, { remoteAddr }) => {
      const peer = "hostname" in remoteAddr ? remoteAddr.hostname : "local";
      return app.fetch(request, readFacts(request.headers, { peer, tls: tls !== undefined }));
    });
    const { hostname, port: bound } = server.addr;
    const scheme = tls ? "https" : "http";
    return {
      url: `${scheme}://${shownHost(host)}:${bound}`,
      localUrl: `${scheme}://${hostInUrl(localHost(hostname))}:${bound}`,
      port: bound,
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    return { error: listenFault(error, options) };
  }
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

/** Browsers trust `localhost` without HTTPS. It is 127.0.0.1 first, and ::1 where nothing listens on that. */
function shownHost(host: string): string {
  if (isEveryAddress(host) || isLoopbackHost(host)) {
    return host.startsWith("127.") && host !== "127.0.0.1" ? host : "localhost";
  }
  return hostInUrl(host);
}

/** A socket bound to every address answers on loopback too. */
function localHost(bound: string): string {
  if (bound === "0.0.0.0") return "127.0.0.1";
  return bound === "::" ? "::1" : bound;
}

/**
 * Listens for HTTP and HTTPS and hands each request to the app with the address it came from.
 *
 * @module
 */
import type { Hono } from "hono";
import type { AppEnv } from "./routes/app_env.ts";

export interface TlsFiles {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  /** Whether the last address in `X-Forwarded-For` is the client's. */
  readonly trustProxy: boolean;
}

export interface Server {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connections and resolves when the requests under way are answered. */
  shutdown(): Promise<void>;
}

/** Starts to listen; an address that cannot be had is a sentence. */
export function listen(app: Hono<AppEnv>, options: ListenOptions): Server | { error: string } {
  const { host, port, tls, trustProxy } = options;
  try {
    const server = Deno.serve({
      hostname: host,
      port,
      ...(tls ?? {}),
      onListen: () => {},
    }, (request, { remoteAddr }) => {
      const forwarded = trustProxy ? lastForwarded(request.headers) : undefined;
      return app.fetch(request, { address: forwarded ?? ipOf(remoteAddr) });
    });
    const at = server.addr.port;
    return {
      url: `${tls ? "https" : "http"}://${shownHost(host)}:${at}`,
      port: at,
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    return { error: listenFault(error, { host, port }) };
  }
}

/** Whether a request came over HTTPS, here or at a proxy that is trusted to say so. */
export function isSecure(
  request: Request,
  { trustProxy }: Pick<ListenOptions, "trustProxy">,
): boolean {
  if (request.url.startsWith("https:")) return true;
  return trustProxy && request.headers.get("x-forwarded-proto") === "https";
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function listenFault(error: unknown, { host, port }: { host: string; port: number }): string {
  const where = `Cannot listen on ${host}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${where}: another program uses this port. Stop it, or choose another with FARPAD_PORT`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${where}: this port is not allowed. Choose one above 1023 with FARPAD_PORT`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${where}: this machine has no such address. Correct FARPAD_HOST`;
  }
  return `${where}: ${error instanceof Error ? error.message : error}`;
}

/** All addresses and all loopback ones include `localhost`, which browsers trust without HTTPS. */
function shownHost(host: string): string {
  if (isLoopback(host) || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function ipOf(address: Deno.Addr): string {
  return "hostname" in address ? address.hostname : "local";
}

function lastForwarded(headers: Headers): string | undefined {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || undefined;
}

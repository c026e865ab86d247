/**
 * The headers in every response that limit what a browser may do with it.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { writeHostPort } from "../../../protocol/addresses/authority.ts";
import { hostInUrl, hostKind, isLoopbackHost } from "../../../protocol/addresses/hosts.ts";
import { readHttp } from "../../../protocol/addresses/http.ts";
import type { RequestFacts } from "../../listen/request_facts.ts";
import type { AppEnv } from "../app_env.ts";

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  // Both together make the page cross-origin isolated, which gives it precise timers.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy":
    "gamepad=(self), fullscreen=(self), autoplay=(self), keyboard-map=(self), camera=(), microphone=(self), geolocation=()",
} as const;

/** For how long a browser that came by HTTPS comes by HTTPS alone (RFC 6797), in seconds: half a year. */
const HTTPS_ONLY = 180 * 24 * 60 * 60;
/** Sources that a policy can name (CSP3 §2.3.1). It has no form for IPv6 addresses, so their scheme stands for them. */
const POLICY_SOURCE = /^([a-z]+:\/\/[a-z0-9.-]+(:(\d+|\*))?|[a-z]+:)$/;

/** Where browsers measure their round trip to a worker, and open media sockets. */
export interface WorkerAddresses {
  readonly ping_url?: string | undefined;
  readonly media_url?: string | undefined;
}

/**
 * Sets the headers that the response does not have yet. `workers`: where browsers reach the workers of this moment.
 */
export function securityHeaders(
  { workers }: { readonly workers: () => readonly WorkerAddresses[] },
): MiddlewareHandler<AppEnv> {
  return async function securityHeaders(c, next) {
    await next();
    if (c.res.status === 101) return;
    const places = connectSources(c.env, workers());
    const workersHttp = places.filter((place) => place.startsWith("http"));
    const policy = [
      ...POLICY,
      // Recordings are played, and small pictures shown, from where they are.
      ["media-src 'self' blob: mediastream:", ...workersHttp].join(" "),
      ["img-src 'self' data: blob:", ...workersHttp].join(" "),
      `connect-src ${places.join(" ")}`,
    ];
    const headers = {
      ...HEADERS,
      "content-security-policy": policy.join("; "),
      ...(isHttpsOnly(c.env) && { "strict-transport-security": `max-age=${HTTPS_ONLY}` }),
    };
    for (const [name, value] of Object.entries(headers)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}

/** Other programs on this machine may serve HTTP under its own names, so those are left out. */
function isHttpsOnly({ secure, host }: RequestFacts): boolean {
  return secure && host !== undefined && !isLoopbackHost(host.name);
}

/** Where a page connects to: the coordinator, whose sockets not every browser counts as `'self'`, and the workers. */
function connectSources(
  { secure, host }: RequestFacts,
  workers: readonly WorkerAddresses[],
): readonly string[] {
  const places = workers.flatMap(({ ping_url, media_url }) => [
    ...placeOf(ping_url, { https: "https", http: "http" }),
    ...placeOf(media_url, { https: "wss", http: "ws" }),
  ]);
  if (host) {
    // Some proxies drop the port from the `Host` header, so a missing port stands for any.
    places.unshift(`${secure ? "wss" : "ws"}://${hostInUrl(host.name)}:${host.port ?? "*"}`);
  }
  return ["'self'", ...new Set(places.filter((place) => POLICY_SOURCE.test(place)))];
}

/** The source of an address of a worker; none for a path of our own host. */
function placeOf(url: string | undefined, schemes: Record<"http" | "https", string>): string[] {
  const address = readHttp(url ?? "");
  if ("error" in address) return [];
  const scheme = schemes[address.scheme];
  return [
    hostKind(address.host) === "ipv6" ? `${scheme}:` : `${scheme}://${writeHostPort(address)}`,
  ];
}

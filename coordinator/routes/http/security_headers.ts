/**
 * The headers in every response that limit what a browser may do with it.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "font-src 'self'",
  // Browsers measure round trips at the workers' own addresses, which may be on any host, with or without HTTPS.
  "connect-src 'self' http: https: ws: wss:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  // Both together make the page cross-origin isolated, which gives it precise timers.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy":
    "gamepad=(self), fullscreen=(self), autoplay=(self), keyboard-map=(self), camera=(), microphone=(), geolocation=()",
} as const;

/** Sets the headers that the response does not have yet. */
export const securityHeaders: MiddlewareHandler = async function securityHeaders(c, next) {
  await next();
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};

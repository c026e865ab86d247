/**
 * Why a WebSocket was closed, and whether dialling again can help. Codes of ours are 44xx, after the HTTP
 * status that means the same (RFC 6455 §7.4.2 leaves 4000–4999 to applications).
 *
 * @module
 */
/** Close codes of every leg by name: of RFC 6455 §7.4.1 where one fits, else of the range 4000 to 4999. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  /** A binary message on a text leg. */
  unsupported: 1003,
  tooLarge: 1009,
  internal: 1011,
  /** The server goes down on purpose and comes back. */
  restart: 1012,
  /** More malformed messages than an honest end sends. */
  badMessages: 4400,
  unauthenticated: 4401,
  /** A wrong or revoked credential. */
  forbidden: 4403,
  /** No hello in time, or no sign of life for too long. */
  silent: 4408,
  /** A newer connection of the same one took over. */
  replaced: 4409,
  /** The other end does not read what it is sent. */
  slow: 4413,
  /** More messages a second than the leg allows. */
  tooMany: 4429,
} as const;
/** One of the close codes. */
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

const FINAL: readonly number[] = [
  CLOSE.unsupported,
  CLOSE.tooLarge,
  CLOSE.badMessages,
  CLOSE.unauthenticated,
  CLOSE.forbidden,
  CLOSE.replaced,
];

/** Whether the same client may dial again by itself; otherwise something has to change first. */
export function isRetryable(code: number): boolean {
  return !FINAL.includes(code);
}

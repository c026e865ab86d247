/**
 * The close codes of WebSockets, and whether a client dials again after each. Our own codes are 44xx, where xx comes
 * from the HTTP status 4xx of the same meaning (RFC 6455 §7.4.2 leaves 4000–4999 to applications).
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
  /** The server restarts. */
  restart: 1012,
  /** Too many malformed messages. */
  badMessages: 4400,
  unauthenticated: 4401,
  /** A wrong or revoked credential. */
  forbidden: 4403,
  /** No hello in time, or nothing received for too long. */
  silent: 4408,
  /** A newer connection of the same worker, device or session replaced this one. */
  replaced: 4409,
  /** The other end reads too slowly. */
  slow: 4413,
  /** Another worker that is connected has this id. */
  taken: 4423,
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

/** Whether a player needs an invitation: who they are is not known, or their right is not enough. */
export function isTurnedAway(code: number): boolean {
  return code === CLOSE.unauthenticated || code === CLOSE.forbidden;
}

/** Whether the same client may dial again by itself. After the other codes a person has to change something first. */
export function isRetryable(code: number): boolean {
  return !FINAL.includes(code);
}

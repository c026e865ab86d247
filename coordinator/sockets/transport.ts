/**
 * What is read from the bytes of a socket besides its messages: whether anything has arrived, and whether a message
 * that has begun is complete in time.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";

/** After this long without a byte the other end is pinged (RFC 6455 §5.5.2), in milliseconds. */
export const PING_AFTER = 30_000;
/** After this long without a byte the socket is lost, in milliseconds. */
export const LOST_AFTER = 60_000;
/** From the first byte of a message to its last, in milliseconds. */
export const MESSAGE_LIMIT = 10_000;
/** How long the other end may take to agree to a close before it is cut off, in milliseconds. */
export const CLOSE_LIMIT = 5_000;

/** What is to be done about a socket. */
export type Due = "ping" | "lost" | "slow message";

/** Watches one socket; its adapter reports, and looks every few seconds. */
export class Transport {
  readonly #clock: Clock;
  #receivedAt: Millis;
  #pinged = false;
  /** When the message began that is not complete yet. */
  #beganAt: Millis | undefined;
  #closingAt: Millis | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#receivedAt = clock.now();
  }

  /** Bytes came. */
  received(): void {
    this.#receivedAt = this.#clock.now();
    this.#pinged = false;
    this.#beganAt ??= this.#receivedAt;
  }

  /** They completed a message or a control frame. */
  complete(): void {
    this.#beganAt = undefined;
  }

  /** This end closes. */
  closing(): void {
    this.#closingAt ??= this.#clock.now();
  }

  /** What is to be done now; a ping is due once. */
  due(): Due | undefined {
    const now = this.#clock.now();
    if (this.#closingAt !== undefined) {
      return now - this.#closingAt >= CLOSE_LIMIT ? "lost" : undefined;
    }
    if (this.#beganAt !== undefined && now - this.#beganAt > MESSAGE_LIMIT) return "slow message";
    const silence = now - this.#receivedAt;
    if (silence >= LOST_AFTER) return "lost";
    if (silence < PING_AFTER || this.#pinged) return undefined;
    this.#pinged = true;
    return "ping";
  }
}

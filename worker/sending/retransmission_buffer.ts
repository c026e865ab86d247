/**
 * The packets that were sent last, so that a lost one is sent again (RFC 4585 NACK, RFC 4588 retransmission).
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";

/** Packets kept: more than a second at 30 Mbit/s. The oldest is dropped; payloads are shared between viewers. */
export const BUFFERED_PACKETS = 4096;
/** Least time between two retransmissions of a packet, in milliseconds: the first is still on its way. */
export const RESEND_SPACING = 10;

export interface SentPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

export class RetransmissionBuffer {
  readonly #clock: Clock;
  readonly #packets: ({ readonly sent: SentPacket; resentAt: Millis | undefined } | undefined)[] =
    new Array(BUFFERED_PACKETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  remember(sent: SentPacket): void {
    this.#packets[sent.sequenceNumber % BUFFERED_PACKETS] = { sent, resentAt: undefined };
  }

  /** The packet to send again; `undefined` when it is too old, never was, or was sent again just now. */
  recall(sequenceNumber: number): SentPacket | undefined {
    const entry = this.#packets[sequenceNumber % BUFFERED_PACKETS];
    if (entry?.sent.sequenceNumber !== sequenceNumber) return undefined;
    const now = this.#clock.now();
    if (entry.resentAt !== undefined && now - entry.resentAt < RESEND_SPACING) return undefined;
    entry.resentAt = now;
    return entry.sent;
  }
}

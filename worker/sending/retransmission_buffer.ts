/**
 * Keeps the packets that were sent last, so that a lost one can be sent again (NACK of RFC 4585, RTX of RFC 4588).
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";

/** Packets kept: more than a second at 30 Mbit/s. The oldest is dropped; payloads are shared between viewers. */
export const BUFFERED_PACKETS = 4096;
/** Least time between two retransmissions of a packet, in milliseconds: the first may not have arrived yet. */
export const RESEND_SPACING = 10;

/** The parts of an RTP packet that a retransmission repeats (RFC 3550 §5.1). */
export interface SentPacket {
  /** 0 to 65,535. */
  readonly sequenceNumber: number;
  /** In ticks of the media clock: 90 kHz for pictures, 48 kHz for sound. */
  readonly timestamp: number;
  /** Whether it is the last packet of a picture. */
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Holds the last {@linkcode BUFFERED_PACKETS} packets of one stream by sequence number. */
export class RetransmissionBuffer {
  readonly #clock: Clock;
  readonly #packets: ({ readonly sent: SentPacket; resentAt: Millis | undefined } | undefined)[] =
    new Array(BUFFERED_PACKETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a packet in place of the oldest. */
  add(sent: SentPacket): void {
    this.#packets[sent.sequenceNumber % BUFFERED_PACKETS] = { sent, resentAt: undefined };
  }

  /** The packet to send again; `undefined` when it is not in the buffer, or was sent again just now. */
  take(sequenceNumber: number): SentPacket | undefined {
    const entry = this.#packets[sequenceNumber % BUFFERED_PACKETS];
    if (entry?.sent.sequenceNumber !== sequenceNumber) return undefined;
    const now = this.#clock.now();
    if (entry.resentAt !== undefined && now - entry.resentAt < RESEND_SPACING) return undefined;
    entry.resentAt = now;
    return entry.sent;
  }
}

/**
 * Keeps the packets that were sent last, so that a lost one can be sent again (NACK of RFC 4585, RTX of RFC 4588).
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** Packets kept: more than a second at 30 Mbit/s. The oldest is dropped; payloads are shared between viewers. */
export const BUFFERED_PACKETS = 4096;

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

/** A kept packet, and when it and its newest retransmission were sent. */
export interface KeptPacket {
  readonly sent: SentPacket;
  readonly sentAt: Millis;
  readonly resentAt: Millis | undefined;
}

/** Holds the last {@linkcode BUFFERED_PACKETS} packets of one stream by sequence number. */
export class RetransmissionBuffer {
  readonly #packets: (SentPacket | undefined)[] = new Array(BUFFERED_PACKETS);
  // A room adds tens of thousands of packets a second, so the times are no objects.
  readonly #sentAt = new Float64Array(BUFFERED_PACKETS);
  /** NaN: it was not sent again. */
  readonly #resentAt = new Float64Array(BUFFERED_PACKETS);

  /** Adds a packet in place of the oldest. */
  add(sent: SentPacket, sentAt: Millis): void {
    const index = sent.sequenceNumber % BUFFERED_PACKETS;
    this.#packets[index] = sent;
    this.#sentAt[index] = sentAt;
    this.#resentAt[index] = NaN;
  }

  /** The packet with this sequence number; `undefined` when it was never sent, or so many others were sent since. */
  find(sequenceNumber: number): KeptPacket | undefined {
    const index = sequenceNumber % BUFFERED_PACKETS;
    const sent = this.#packets[index];
    if (sent?.sequenceNumber !== sequenceNumber) return undefined;
    const resentAt = this.#resentAt[index]!;
    return {
      sent,
      sentAt: this.#sentAt[index] as Millis,
      resentAt: Number.isNaN(resentAt) ? undefined : resentAt as Millis,
    };
  }

  /** A packet that was found is sent again. */
  resent({ sequenceNumber }: SentPacket, resentAt: Millis): void {
    this.#resentAt[sequenceNumber % BUFFERED_PACKETS] = resentAt;
  }
}

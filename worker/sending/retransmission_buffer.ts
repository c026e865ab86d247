/**
 * Keeps the packets that were sent last, so that a lost one can be sent again (NACK of RFC 4585, RTX of RFC 4588).
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** Packets kept: more than a second at 30 Mbit/s. The oldest is dropped; payloads are shared between viewers. */
export const BUFFERED_PACKETS = 4096;

/** What a packet carries. All viewers of a picture share it. */
export interface PacketContent {
  /** In ticks of the media clock: 90 kHz for pictures, 48 kHz for sound. */
  readonly timestamp: number;
  /** Whether it is the last packet of a picture. */
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** The parts of an RTP packet that a retransmission repeats (RFC 3550 §5.1). */
export interface SentPacket extends PacketContent {
  /** 0 to 65,535. */
  readonly sequenceNumber: number;
}

/** A kept packet, and when it and its newest retransmission were sent. */
export interface KeptPacket {
  readonly sent: SentPacket;
  readonly sentAt: Millis;
  readonly resentAt: Millis | undefined;
}

/** Holds the last {@linkcode BUFFERED_PACKETS} packets of one stream by sequence number. */
export class RetransmissionBuffer {
  // A room adds tens of thousands of packets a second, so a packet of one viewer is no object.
  readonly #contents: (PacketContent | undefined)[] = new Array(BUFFERED_PACKETS);
  readonly #numbers = new Uint16Array(BUFFERED_PACKETS);
  readonly #sentAt = new Float64Array(BUFFERED_PACKETS);
  /** NaN: it was not sent again. */
  readonly #resentAt = new Float64Array(BUFFERED_PACKETS);

  /** Adds a packet in place of the oldest. */
  add(sequenceNumber: number, content: PacketContent, sentAt: Millis): void {
    const index = sequenceNumber % BUFFERED_PACKETS;
    this.#contents[index] = content;
    this.#numbers[index] = sequenceNumber;
    this.#sentAt[index] = sentAt;
    this.#resentAt[index] = NaN;
  }

  /** The packet with this sequence number; `undefined` when it was never sent, or so many others were sent since. */
  find(sequenceNumber: number): KeptPacket | undefined {
    const index = sequenceNumber % BUFFERED_PACKETS;
    const content = this.#contents[index];
    if (!content || this.#numbers[index] !== sequenceNumber) return undefined;
    const { timestamp, marker, payload } = content;
    const resentAt = this.#resentAt[index]!;
    return {
      sent: { sequenceNumber, timestamp, marker, payload },
      sentAt: this.#sentAt[index] as Millis,
      resentAt: Number.isNaN(resentAt) ? undefined : resentAt as Millis,
    };
  }

  /** A packet that was found is sent again. */
  resent({ sequenceNumber }: SentPacket, resentAt: Millis): void {
    this.#resentAt[sequenceNumber % BUFFERED_PACKETS] = resentAt;
  }
}

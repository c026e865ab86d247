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
  /** When the source delivered the picture, in milliseconds since 1970 with fractions; `undefined`: it is sound. */
  readonly capturedAt: number | undefined;
}

/** The parts of an RTP packet that a retransmission repeats (RFC 3550 §5.1). */
export interface SentPacket extends PacketContent {
  /** 0 to 65,535. */
  readonly sequenceNumber: number;
}

/** A packet that was sent, and when it and its newest retransmission were. */
export interface KeptPacket {
  /** `undefined` when it was sent so long ago that its content is not kept. */
  readonly sent: SentPacket | undefined;
  readonly sentAt: Millis;
  readonly resentAt: Millis | undefined;
}

/**
 * Holds the last {@linkcode BUFFERED_PACKETS} packets of one stream by sequence number, and the contents of those that
 * were sent within a time: at 2 Mbit/s the whole number would be 4 MB.
 */
export class RetransmissionBuffer {
  /** Contents are kept this long, in milliseconds. */
  readonly #keptFor: number;
  // A room adds tens of thousands of packets a second, so a packet of one viewer is no object.
  readonly #contents: (PacketContent | undefined)[] = new Array(BUFFERED_PACKETS);
  readonly #numbers = new Uint16Array(BUFFERED_PACKETS);
  /** NaN: no packet was sent yet. */
  readonly #sentAt = new Float64Array(BUFFERED_PACKETS).fill(NaN);
  /** NaN: it was not sent again. */
  readonly #resentAt = new Float64Array(BUFFERED_PACKETS);
  /** Where the oldest content may be. */
  #oldest = 0;

  /** `keptFor`: milliseconds. */
  constructor(keptFor: number) {
    this.#keptFor = keptFor;
  }

  /** Adds a packet in place of the oldest. */
  add(sequenceNumber: number, content: PacketContent, sentAt: Millis): void {
    const index = sequenceNumber % BUFFERED_PACKETS;
    if (index === this.#oldest && this.#contents[index]) this.#oldest = after(index);
    this.#contents[index] = content;
    this.#numbers[index] = sequenceNumber;
    this.#sentAt[index] = sentAt;
    this.#resentAt[index] = NaN;
    this.#forget(index, sentAt);
  }

  /** The packet with this sequence number; `undefined` when it was never sent, or so many others were sent since. */
  find(sequenceNumber: number): KeptPacket | undefined {
    const index = sequenceNumber % BUFFERED_PACKETS;
    const sentAt = this.#sentAt[index]!;
    if (Number.isNaN(sentAt) || this.#numbers[index] !== sequenceNumber) return undefined;
    const content = this.#contents[index];
    const resentAt = this.#resentAt[index]!;
    return {
      sent: content && {
        sequenceNumber,
        timestamp: content.timestamp,
        marker: content.marker,
        payload: content.payload,
        capturedAt: content.capturedAt,
      },
      sentAt: sentAt as Millis,
      resentAt: Number.isNaN(resentAt) ? undefined : resentAt as Millis,
    };
  }

  /** A packet that was found is sent again. */
  resent({ sequenceNumber }: SentPacket, resentAt: Millis): void {
    this.#resentAt[sequenceNumber % BUFFERED_PACKETS] = resentAt;
  }

  /** Forgets old contents up to the newest packet, which stays. */
  #forget(newest: number, now: Millis): void {
    while (this.#oldest !== newest && !(now - this.#sentAt[this.#oldest]! <= this.#keptFor)) {
      this.#contents[this.#oldest] = undefined;
      this.#oldest = after(this.#oldest);
    }
  }
}

function after(index: number): number {
  return (index + 1) % BUFFERED_PACKETS;
}

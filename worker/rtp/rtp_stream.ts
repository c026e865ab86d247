/**
 * One outgoing RTP stream (RFC 3550): numbers the packets and their retransmissions (RFC 4588), and counts packets and
 * bytes for sender reports.
 *
 * @module
 */
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import type { PacketContent, SentPacket } from "../sending/retransmission_buffer.ts";

/** One RTP packet to send. */
export interface RtpPacket extends SentPacket {
  readonly ssrc: number;
  readonly payloadType: number;
}

/** The negotiated numbers by which a receiver distinguishes a stream from others (RFC 3550 §5.1). */
export interface RtpFormat {
  readonly ssrc: number;
  readonly payloadType: number;
  /** The stream of retransmissions (RFC 4588 §4); without it, lost packets are not sent again. */
  readonly rtx?: { readonly ssrc: number; readonly payloadType: number } | undefined;
}

/** The format of a stream, and its dependencies. */
export interface RtpStreamOptions extends RtpFormat {
  readonly clock: Clock;
  readonly random: Random;
}

/** The figures of a stream in a sender report (RFC 3550 §6.4.1). */
export interface SenderInfo {
  readonly ssrc: number;
  /** When the last packet was sent, and its RTP timestamp. */
  readonly sentAt: EpochMillis;
  readonly timestamp: number;
  /** Packets and payload bytes sent so far, modulo 2³². */
  readonly packets: number;
  readonly octets: number;
}

/** Numbers the packets of one stream, and makes its retransmissions. */
export class RtpStream {
  readonly #options: RtpStreamOptions;
  #sequenceNumber: number;
  #rtxSequenceNumber: number;
  #packets = 0;
  #octets = 0;
  #last: { readonly sentAt: EpochMillis; readonly timestamp: number } | undefined;

  constructor(options: RtpStreamOptions) {
    this.#options = options;
    // In the lower half, so that no wrap-around comes among the first packets, where a loss could hide it (RFC 3711
    // §3.3.1).
    this.#sequenceNumber = Math.floor(options.random.unit() * 2 ** 15);
    this.#rtxSequenceNumber = Math.floor(options.random.unit() * 2 ** 15);
  }

  /** The figures for a sender report; `undefined` until the first packet. */
  get info(): SenderInfo | undefined {
    return this.#last && {
      ssrc: this.#options.ssrc,
      ...this.#last,
      packets: this.#packets,
      octets: this.#octets,
    };
  }

  /** The next packet with this payload. `timestamp` in ticks of the media clock; `capturedAt` of a picture alone. */
  next(
    payload: Uint8Array,
    { timestamp, marker, capturedAt }: Pick<PacketContent, "timestamp" | "marker" | "capturedAt">,
  ) {
    const { ssrc, payloadType, clock } = this.#options;
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) % 2 ** 16;
    this.#packets = (this.#packets + 1) % 2 ** 32;
    this.#octets = (this.#octets + payload.length) % 2 ** 32;
    // The packets of a picture share the time of its first one.
    if (this.#last?.timestamp !== timestamp) this.#last = { sentAt: clock.epoch(), timestamp };
    const packet: RtpPacket = {
      ssrc,
      payloadType,
      sequenceNumber,
      timestamp,
      marker,
      payload,
      capturedAt,
    };
    return packet;
  }

  /** The retransmission (RFC 4588 §4) of a packet of this stream; `undefined` when none was negotiated. */
  again(sent: SentPacket): RtpPacket | undefined {
    const { rtx } = this.#options;
    if (!rtx) return undefined;
    const payload = new Uint8Array(2 + sent.payload.length);
    new DataView(payload.buffer).setUint16(0, sent.sequenceNumber);
    payload.set(sent.payload, 2);
    const sequenceNumber = this.#rtxSequenceNumber;
    this.#rtxSequenceNumber = (sequenceNumber + 1) % 2 ** 16;
    return { ...sent, ...rtx, sequenceNumber, payload };
  }
}

/**
 * One outgoing RTP stream (RFC 3550): numbers packets, keeps them for retransmission (RFC 4588), counts what a
 * sender report tells.
 *
 * @module
 */
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { RetransmissionBuffer, type SentPacket } from "./retransmission_buffer.ts";

export interface RtpPacket extends SentPacket {
  readonly ssrc: number;
  readonly payloadType: number;
}

/** How a stream is marked on the wire, as negotiated (RFC 3550 §5.1). */
export interface RtpFormat {
  readonly ssrc: number;
  readonly payloadType: number;
  /** The stream of retransmissions (RFC 4588 §4); absent: lost packets are not sent again. */
  readonly rtx?: { readonly ssrc: number; readonly payloadType: number } | undefined;
}

export interface RtpStreamOptions extends RtpFormat {
  readonly clock: Clock;
  readonly random: Random;
}

/** What a sender report (RFC 3550 §6.4.1) says about a stream. */
export interface SenderInfo {
  readonly ssrc: number;
  /** When the last packet left, and its RTP timestamp. */
  readonly sentAt: EpochMillis;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export class RtpStream {
  readonly #options: RtpStreamOptions;
  readonly #history: RetransmissionBuffer;
  #sequenceNumber: number;
  #rtxSequenceNumber: number;
  #info: SenderInfo | undefined;

  constructor(options: RtpStreamOptions) {
    this.#options = options;
    this.#history = new RetransmissionBuffer(options.clock);
    // The lower half: a loss among the first packets must not hide a wrap-around (RFC 3711 §3.3.1).
    this.#sequenceNumber = Math.floor(options.random.unit() * 2 ** 15);
    this.#rtxSequenceNumber = Math.floor(options.random.unit() * 2 ** 15);
  }

  /** `undefined` until the first packet. */
  get info(): SenderInfo | undefined {
    return this.#info;
  }

  next(payload: Uint8Array, { timestamp, marker }: { timestamp: number; marker: boolean }) {
    const { ssrc, payloadType, clock } = this.#options;
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) % 2 ** 16;
    const packet: RtpPacket = { ssrc, payloadType, sequenceNumber, timestamp, marker, payload };
    if (this.#options.rtx) this.#history.remember(packet);
    this.#info = {
      ssrc,
      sentAt: clock.epoch(),
      timestamp,
      packets: ((this.#info?.packets ?? 0) + 1) % 2 ** 32,
      octets: ((this.#info?.octets ?? 0) + payload.length) % 2 ** 32,
    };
    return packet;
  }

  /** The retransmission of a packet; `undefined` when there is none to make. */
  resend(lost: number): RtpPacket | undefined {
    const { rtx } = this.#options;
    const sent = rtx && this.#history.recall(lost);
    if (!sent) return undefined;
    const payload = new Uint8Array(2 + sent.payload.length);
    new DataView(payload.buffer).setUint16(0, lost);
    payload.set(sent.payload, 2);
    const sequenceNumber = this.#rtxSequenceNumber;
    this.#rtxSequenceNumber = (sequenceNumber + 1) % 2 ** 16;
    return { ...sent, ...rtx, sequenceNumber, payload };
  }
}

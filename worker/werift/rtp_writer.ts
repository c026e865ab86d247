/**
 * Writes RTP packets and sender reports to werift's DTLS transport. werift's own sender is not used: it keeps only 128
 * packets for retransmission (0.3 s at 3 Mbit/s), and a record of every packet for an unused estimator.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  type RTCDtlsTransport,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtpHeader as WeriftHeader,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from "werift";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { ntpTime } from "../rtp/ntp.ts";
import { RtpHeader, type RtpSection } from "../rtp/rtp_header.ts";
import type { RtpPacket, SenderInfo } from "../rtp/rtp_stream.ts";
import type { RtpWriter, Section } from "../rtp/rtp_writer.ts";

/** The connection, its media sections, and the clock. */
export interface WeriftWriterOptions {
  readonly transport: RTCDtlsTransport;
  readonly sections: Readonly<Record<Section, RtpSection>>;
  readonly clock: Clock;
}

/** Sends each packet through werift. */
export class WeriftWriter implements RtpWriter {
  readonly #transport: RTCDtlsTransport;
  readonly #clock: Clock;
  readonly #headers: Readonly<Record<Section, WrittenHeader>>;
  #isDisposed = false;

  constructor({ transport, sections, clock }: WeriftWriterOptions) {
    this.#transport = transport;
    this.#clock = clock;
    this.#headers = {
      video: new WrittenHeader(new RtpHeader(sections.video)),
      audio: new WrittenHeader(new RtpHeader(sections.audio)),
    };
  }

  write(section: Section, packets: readonly RtpPacket[]): void {
    if (this.#isDisposed) return;
    const header = this.#headers[section];
    const now = this.#clock.now();
    for (const packet of packets) {
      header.fill(packet, now);
      const { buffer, byteOffset, byteLength } = packet.payload;
      // werift has copied the header when this returns.
      void this.#transport.sendRtp(Buffer.from(buffer, byteOffset, byteLength), header);
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }
}

/** A header that is written already. werift asks it for its bytes, its stream and its number only. */
class WrittenHeader extends WeriftHeader {
  readonly #header: RtpHeader;
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor(header: RtpHeader) {
    super();
    this.#header = header;
    this.#bytes = Buffer.from(header.bytes.buffer);
  }

  fill(packet: RtpPacket, now: Millis): void {
    this.ssrc = packet.ssrc;
    this.sequenceNumber = packet.sequenceNumber;
    this.#header.fill(packet, now);
  }

  override get serializeSize(): number {
    return this.#bytes.length;
  }

  override serialize(): Buffer<ArrayBuffer> {
    return this.#bytes;
  }
}

/**
 * Sends a sender report (RFC 3550 §6.4.1) with the canonical name `cname` (§6.5.1).
 *
 * @throws {Error} werift's, when the connection has ended
 */
export async function writeSenderReport(
  transport: RTCDtlsTransport,
  { info, cname }: { readonly info: SenderInfo; readonly cname: string },
): Promise<void> {
  const report = new RtcpSrPacket({
    ssrc: info.ssrc,
    senderInfo: new RtcpSenderInfo({
      ntpTimestamp: ntpTime(info.sentAt),
      rtpTimestamp: info.timestamp,
      packetCount: info.packets,
      octetCount: info.octets,
    }),
  });
  const name = new SourceDescriptionItem({ type: 1, text: cname });
  const chunks = [new SourceDescriptionChunk({ source: info.ssrc, items: [name] })];
  await transport.sendRtcp([report, new RtcpSourceDescriptionPacket({ chunks })]);
}

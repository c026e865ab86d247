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
import type { Clock } from "../../protocol/clock.ts";
import { ntpTime } from "../rtp/ntp.ts";
import { RtpHeader, type RtpSection } from "../rtp/rtp_header.ts";
import type { RtpPacket, SenderInfo } from "../rtp/rtp_stream.ts";

/** One media section of a connection, and the clock. */
export interface RtpWriterOptions extends RtpSection {
  readonly transport: RTCDtlsTransport;
  readonly clock: Clock;
}

/** Returns a function that writes the packets of one media section, in order. */
export function createRtpWriter(
  { transport, clock, ...section }: RtpWriterOptions,
): (packets: readonly RtpPacket[]) => void {
  const header = new RtpHeader(section);
  const written = new WrittenHeader(header.bytes);
  return (packets) => {
    for (const packet of packets) {
      header.fill(packet, clock.now());
      written.ssrc = packet.ssrc;
      written.sequenceNumber = packet.sequenceNumber;
      const { buffer, byteOffset, byteLength } = packet.payload;
      // werift has copied the header when this returns.
      void transport.sendRtp(Buffer.from(buffer, byteOffset, byteLength), written);
    }
  };
}

/** A header that is written already. werift asks it for its bytes, its stream and its number only. */
class WrittenHeader extends WeriftHeader {
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
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

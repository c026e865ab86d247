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
  RTP_EXTENSION_URI,
  RtpHeader,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from "werift";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { ntpTime } from "../sending/ntp.ts";
import type { RtpPacket, SenderInfo } from "../sending/rtp_stream.ts";
import { PLAYOUT_DELAY } from "./settings.ts";

/** One media section of a connection, and the clock. */
export interface RtpWriterOptions {
  readonly transport: RTCDtlsTransport;
  /** Header extensions as negotiated. */
  readonly extensions: readonly { readonly uri: string; readonly id: number }[];
  /** The section's `mid` (RFC 8843 §15). */
  readonly mid: string;
  readonly clock: Clock;
}

/**
 * Returns a function that writes the packets of one media section. All packets use the same header object, because
 * werift has serialized it when `sendRtp` returns.
 */
export function createRtpWriter(
  { transport, extensions, mid, clock }: RtpWriterOptions,
): (packet: RtpPacket) => void {
  const sendTime = Buffer.alloc(3);
  const payloads: Record<string, Buffer> = {
    [RTP_EXTENSION_URI.sdesMid]: Buffer.from(mid),
    [RTP_EXTENSION_URI.absSendTime]: sendTime,
    // Least and most delay are 0, so that each picture is shown as soon as it is decoded.
    [PLAYOUT_DELAY]: Buffer.alloc(3),
  };
  const header = new RtpHeader({
    extensions: extensions.flatMap(({ uri, id }) => {
      const payload = payloads[uri];
      return payload ? [{ id, payload }] : [];
    }).sort((a, b) => a.id - b.id),
  });
  return (packet) => {
    header.ssrc = packet.ssrc;
    header.payloadType = packet.payloadType;
    header.sequenceNumber = packet.sequenceNumber;
    header.timestamp = packet.timestamp;
    header.marker = packet.marker;
    sendTime.writeUIntBE(absSendTime(clock.now()), 0, 3);
    const { buffer, byteOffset, byteLength } = packet.payload;
    void transport.sendRtp(Buffer.from(buffer, byteOffset, byteLength), header);
  };
}

/** The `abs-send-time` header extension: seconds modulo 64 with 18 fractional bits. */
export function absSendTime(now: Millis): number {
  return Math.round(now / 1000 * 2 ** 18) % 2 ** 24;
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

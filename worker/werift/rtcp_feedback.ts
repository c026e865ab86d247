/**
 * Reads the browser's feedback on the media it receives from its RTCP packets.
 *
 * @module
 */
import {
  GenericNack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
} from "werift";

/** One piece of feedback. */
export type Feedback =
  /** NACK (RFC 4585 §6.2.1): sequence numbers of lost packets of the stream `ssrc`. */
  | { readonly type: "nack"; readonly ssrc: number; readonly lost: readonly number[] }
  /** PLI (RFC 4585 §6.3.1) or FIR (RFC 5104 §4.3.1): the browser needs a keyframe. */
  | { readonly type: "keyframe" }
  /** REMB: the browser's estimate of the bitrate that its link carries, bits per second. */
  | { readonly type: "remb"; readonly bitrate: number }
  /** Share of the stream's packets lost since the report before, 0 … 1 (RFC 3550 §6.4.1). */
  | { readonly type: "loss"; readonly ssrc: number; readonly fraction: number };

/** FMT of a full intra request (RFC 5104 §4.3.1). werift parses this packet but does not export the number. */
const FULL_INTRA_REQUEST = 4;

/** The feedback in one RTCP packet as werift parses it; empty for packets of other kinds. */
export function readFeedback(packet: object): Feedback[] {
  if (packet instanceof RtcpRrPacket || packet instanceof RtcpSrPacket) {
    return packet.reports.map(({ ssrc, fractionLost }) => ({
      type: "loss",
      ssrc,
      fraction: fractionLost / 256,
    }));
  }
  if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
    const { mediaSourceSsrc, lost } = packet.feedback;
    // After 65535, where sequence numbers wrap around, werift goes on with 65536.
    return [{ type: "nack", ssrc: mediaSourceSsrc, lost: lost.map((number) => number % 2 ** 16) }];
  }
  if (!(packet instanceof RtcpPayloadSpecificFeedback)) return [];
  if (packet.feedback instanceof ReceiverEstimatedMaxBitrate) {
    return [{ type: "remb", bitrate: Number(packet.feedback.bitrate) }];
  }
  const count: number | undefined = packet.feedback?.count;
  return count === PictureLossIndication.count || count === FULL_INTRA_REQUEST
    ? [{ type: "keyframe" }]
    : [];
}

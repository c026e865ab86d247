/**
 * What a browser's RTCP says about the media it gets.
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

export type Feedback =
  /** Send these again, by sequence number of the stream `ssrc`. */
  | { readonly type: "nack"; readonly ssrc: number; readonly lost: readonly number[] }
  /** PLI (RFC 4585) or FIR (RFC 5104): the picture is lost. */
  | { readonly type: "keyframe" }
  /** REMB: bits per second that the path carries. */
  | { readonly type: "remb"; readonly bitrate: number }
  /** Share of the stream's packets lost since the last report, 0 … 1. */
  | { readonly type: "loss"; readonly ssrc: number; readonly fraction: number };

/** FMT of a full intra request (RFC 5104 §4.3.1), which werift parses and does not export. */
const FULL_INTRA_REQUEST = 4;

/** Nothing for a packet that says none of it. */
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
    // werift counts on beyond 65535 where the numbers wrap around.
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

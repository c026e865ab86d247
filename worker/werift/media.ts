/**
 * The {@linkcode MediaWire} of one werift connection: the negotiated formats, and packets and reports on its DTLS
 * transport.
 *
 * @module
 */
import type { RTCRtpTransceiver } from "werift";
import type { Clock } from "../../protocol/clock.ts";
import type { RtpFormat } from "../rtp/rtp_stream.ts";
import type { MediaWire } from "../sending/sender.ts";
import { createRtpWriter, writeSenderReport } from "./rtp_writer.ts";
import type { Connection } from "./settings.ts";

/**
 * Opens the wire of a connection whose answer was applied.
 *
 * @throws {Error} when a media section has no codec
 */
export function openWire({ pc, video, audio }: Connection, clock: Clock): MediaWire {
  const transport = video.sender.dtlsTransport;
  return {
    video: formatOf(video),
    audio: formatOf(audio),
    writeVideo: createRtpWriter({ transport, clock, ...sectionOf(video) }),
    writeAudio: createRtpWriter({ transport, clock, ...sectionOf(audio) }),
    writeReport(info) {
      // A report fails only when its connection has ended, and the connection's state reports that.
      writeSenderReport(transport, { info, cname: pc.cname }).catch(() => {});
    },
  };
}

/** The negotiated payload types of the codec and of its retransmissions, which name it in `apt` (RFC 4588 §8.1). */
function formatOf({ sender, codecs }: RTCRtpTransceiver): RtpFormat {
  const codec = sender.codec ?? codecs[0];
  if (!codec) {
    throw new Error("Cannot send media: the answer has no codec in common with the offer");
  }
  const rtx = codecs.find(({ name, parameters }) =>
    name.toLowerCase() === "rtx" && parameters === `apt=${codec.payloadType}`
  );
  return {
    ssrc: sender.ssrc,
    payloadType: codec.payloadType,
    rtx: rtx && { ssrc: sender.rtxSsrc, payloadType: rtx.payloadType },
  };
}

function sectionOf({ headerExtensions, mid }: RTCRtpTransceiver) {
  return { extensions: headerExtensions, mid: mid ?? "" };
}

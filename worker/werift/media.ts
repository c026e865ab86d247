/**
 * The {@linkcode MediaWire} of one werift connection: formats as negotiated, packets and reports on its DTLS
 * transport.
 *
 * @module
 */
import type { RTCRtpTransceiver } from "werift";
import type { Clock } from "../../protocol/clock.ts";
import type { RtpFormat } from "../sending/rtp_stream.ts";
import type { MediaWire } from "../sending/sender.ts";
import { createRtpWriter, writeSenderReport } from "./rtp_writer.ts";
import type { Connection } from "./settings.ts";

/**
 * Reads the formats of a connection whose answer was taken.
 *
 * @throws {Error} when a section has no codec.
 */
export function openWire({ pc, video, audio }: Connection, clock: Clock): MediaWire {
  const transport = video.sender.dtlsTransport;
  return {
    video: formatOf(video),
    audio: formatOf(audio),
    writeVideo: createRtpWriter({ transport, clock, ...sectionOf(video) }),
    writeAudio: createRtpWriter({ transport, clock, ...sectionOf(audio) }),
    writeReport(info) {
      // A report fails only with its connection, and the connection's end is reported by its state.
      writeSenderReport(transport, { info, cname: pc.cname }).catch(() => {});
    },
  };
}

/** Payload types as negotiated: the codec's, and that of its retransmissions, tied by `apt` (RFC 4588 §8.1). */
function formatOf({ sender, codecs }: RTCRtpTransceiver): RtpFormat {
  const codec = sender.codec ?? codecs[0];
  if (!codec) throw new Error("Cannot send media: no codec was agreed on");
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

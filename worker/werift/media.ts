/**
 * The {@linkcode MediaWire} of one werift connection: the negotiated formats, and packets and reports on its DTLS
 * transport.
 *
 * @module
 */
import { ProtectionProfileAeadAes128Gcm, type RTCRtpTransceiver } from "werift";
import type { Clock } from "../../protocol/clock.ts";
import type { FastSend } from "../fast_send/fast_send.ts";
import { FastWriter } from "../fast_send/fast_writer.ts";
import type { SentPackets } from "../sending/rate/sent_packets.ts";
import type { RtpFormat } from "../rtp/rtp_stream.ts";
import type { RtpWriter } from "../rtp/rtp_writer.ts";
import type { MediaWire } from "../sending/sender.ts";
import { WeriftRoutes } from "./routes.ts";
import { WeriftWriter, writeSenderReport } from "./rtp_writer.ts";
import type { Connection } from "./settings.ts";

/** The clock, and the way past the runtime; `undefined` where there is none. */
export interface WireDependencies {
  readonly clock: Clock;
  readonly fastSend?: () => FastSend | undefined;
}

/**
 * Opens the wire of a connection whose answer was applied and whose DTLS handshake is complete. `sent` numbers its
 * packets.
 *
 * @throws {Error} when a media section has no codec
 */
export function openWire(
  connection: Connection,
  dependencies: WireDependencies & { readonly sent?: SentPackets },
): MediaWire {
  const { pc, video, audio } = connection;
  const transport = video.sender.dtlsTransport;
  const formats = { video: formatOf(video), audio: formatOf(audio) };
  const writer = openWriter(connection, dependencies);
  return {
    ...formats,
    writeVideo: (packets) => writer.write("video", packets),
    writeAudio: (packets) => writer.write("audio", packets),
    writeReport(info) {
      // A report fails only when its connection has ended, and the connection's state reports that.
      writeSenderReport(transport, { info, cname: pc.cname }).catch(() => {});
    },
    [Symbol.dispose]: () => writer[Symbol.dispose](),
  };
}

/** One writer protects all packets of a connection, because a packet's index must not be used twice. */
function openWriter(
  { video, audio }: Connection,
  { clock, sent, fastSend }: Parameters<typeof openWire>[1],
): RtpWriter {
  const transport = video.sender.dtlsTransport;
  const sections = { video: { ...sectionOf(video), sent }, audio: { ...sectionOf(audio), sent } };
  const { profile, srtpSessionKey: key, srtpSessionSalt: salt } = transport.srtp.localContext;
  const fast = fastSend?.();
  const isSealable = profile === ProtectionProfileAeadAes128Gcm;
  if (fast && !isSealable) {
    fast.log.info("a connection's media is sent through werift: it has another SRTP profile", {
      profile,
    });
  }
  if (!fast || !isSealable) return new WeriftWriter({ transport, sections, clock });
  const routes = new WeriftRoutes(fast, transport);
  return new FastWriter({ fast, keys: { key, salt }, sections, routes, clock });
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

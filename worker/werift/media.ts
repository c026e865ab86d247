/**
 * The media of one connected peer: pictures through the pacer, sound at once, lost packets again, sender reports.
 *
 * @module
 */
import type { RTCRtpTransceiver } from "werift";
import type { EncodedAudio } from "../../media/ports.ts";
import { type Clock, every } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { PacketPacer } from "../sending/packet_pacer.ts";
import type { PacketizedFrame } from "../sending/ports.ts";
import { RtpStream } from "../sending/rtp_stream.ts";
import { createRtpWriter, writeSenderReport } from "./rtp_writer.ts";
import type { Connection } from "./settings.ts";

/** Time between sender reports, in milliseconds. */
const REPORT_PERIOD = 1_000;

export interface Media extends Disposable {
  /** False when the picture was dropped: it needs a keyframe before it, or two others still wait. */
  sendVideo(frame: PacketizedFrame): boolean;
  sendAudio(packet: EncodedAudio): void;
  /** Sends lost packets again, as far as they are remembered. */
  resend(ssrc: number, lost: readonly number[]): void;
}

/** To be called once the codecs are agreed on. */
export function openMedia(
  { pc, video, audio }: Connection,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Media {
  const transport = video.sender.dtlsTransport;
  const videoStream = new RtpStream({ ...streamOptions(video), clock, random });
  const audioStream = new RtpStream({ ...streamOptions(audio), clock, random });
  const writeVideo = createRtpWriter({ transport, clock, ...sectionOptions(video) });
  const writeAudio = createRtpWriter({ transport, clock, ...sectionOptions(audio) });
  const pacer = new PacketPacer<{ payload: Uint8Array; timestamp: number; marker: boolean }>(
    clock,
    ({ payload, ...header }) => writeVideo(videoStream.next(payload, header)),
  );
  const reports = every(clock, REPORT_PERIOD, () => {
    for (const { info } of [videoStream, audioStream]) {
      // A report lost with its connection needs no remark: the connection's end is reported.
      if (info) writeSenderReport(transport, { info, cname: pc.cname }).catch(() => {});
    }
  });
  let needsKeyframe = true;

  return {
    sendVideo({ keyframe, timestamp, payloads }) {
      if (needsKeyframe && !keyframe) return false;
      const last = payloads.length - 1;
      const packets = payloads.map((payload, index) => ({
        payload,
        timestamp,
        marker: index === last,
      }));
      needsKeyframe = !pacer.push(packets);
      return !needsKeyframe;
    },
    sendAudio: ({ data, timestamp }) =>
      writeAudio(audioStream.next(data, { timestamp, marker: false })),
    resend(ssrc, lost) {
      if (ssrc !== video.sender.ssrc) return;
      for (const sequenceNumber of lost) {
        const packet = videoStream.resend(sequenceNumber);
        if (packet) writeVideo(packet);
      }
    },
    [Symbol.dispose]() {
      pacer[Symbol.dispose]();
      reports[Symbol.dispose]();
    },
  };
}

/** Payload types as agreed on: the codec's, and that of the retransmissions tied to it by `apt` (RFC 4588 §8.1). */
function streamOptions({ sender, codecs }: RTCRtpTransceiver) {
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

function sectionOptions({ headerExtensions, mid }: RTCRtpTransceiver) {
  return { extensions: headerExtensions, mid: mid ?? "" };
}

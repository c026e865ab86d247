/**
 * Sends the media of one viewer: pictures through a packet pacer, sound at once, lost packets again, and sender
 * reports. It depends on no transport library: packets are sent through a {@linkcode MediaWire}.
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import { type Clock, every } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { PacketPacer } from "./packet_pacer.ts";
import type { PacketizedFrame } from "./ports.ts";
import { type RtpFormat, type RtpPacket, RtpStream, type SenderInfo } from "./rtp_stream.ts";

/** Time between sender reports (RFC 3550 §6.4.1), in milliseconds. */
export const REPORT_PERIOD = 1_000;

/** The transport of one connected peer: two RTP streams with their negotiated formats. */
export interface MediaWire {
  readonly video: RtpFormat;
  readonly audio: RtpFormat;
  /** Encrypts and sends a packet of the video section, or its retransmission. */
  writeVideo(packet: RtpPacket): void;
  /** Encrypts and sends a packet of the audio section. */
  writeAudio(packet: RtpPacket): void;
  /** Sends a sender report of one stream; a report that cannot be sent is dropped. */
  writeReport(info: SenderInfo): void;
}

/** Sends one viewer's media. Disposing stops the pacer and the reports. */
export interface Sender extends Disposable {
  /**
   * Sends a picture. False when the picture was dropped, because no keyframe was sent before it or because two
   * other pictures still wait; all pictures up to the next keyframe are then dropped too.
   */
  sendVideo(frame: PacketizedFrame): boolean;
  /** Sends a sound packet at once. */
  sendAudio(packet: EncodedAudio): void;
  /** Retransmits packets of stream `ssrc` by their sequence numbers, as far as the buffer still holds them. */
  resend(ssrc: number, lost: readonly number[]): void;
}

/** Starts to send on a wire whose formats are negotiated. */
export function createSender(
  wire: MediaWire,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Sender {
  const video = new RtpStream({ ...wire.video, clock, random });
  const audio = new RtpStream({ ...wire.audio, clock, random });
  const pacer = new PacketPacer<{ payload: Uint8Array; timestamp: number; marker: boolean }>(
    clock,
    ({ payload, ...header }) => wire.writeVideo(video.next(payload, header)),
  );
  const reports = every(clock, REPORT_PERIOD, () => {
    for (const { info } of [video, audio]) if (info) wire.writeReport(info);
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
      wire.writeAudio(audio.next(data, { timestamp, marker: false })),
    resend(ssrc, lost) {
      if (ssrc !== wire.video.ssrc) return;
      for (const sequenceNumber of lost) {
        const packet = video.resend(sequenceNumber);
        if (packet) wire.writeVideo(packet);
      }
    },
    [Symbol.dispose]() {
      pacer[Symbol.dispose]();
      reports[Symbol.dispose]();
    },
  };
}

/**
 * Sends the media of one viewer: pictures through a packet pacer, sound at once, lost packets again, and sender
 * reports. It depends on no transport library: packets are sent through a {@linkcode MediaWire}.
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import { type Clock, every, type Millis, preciseEpoch } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { middleOfNtp } from "../rtp/ntp.ts";
import { PacketPacer } from "./packet_pacer.ts";
import type { PacketizedFrame } from "./ports.ts";
import { Repair } from "./repair.ts";
import type { PacketContent, SentPacket } from "./retransmission_buffer.ts";
import type { ReportBlock } from "./rtcp_reader.ts";
import { type RtpFormat, type RtpPacket, RtpStream, type SenderInfo } from "../rtp/rtp_stream.ts";

/** Time between sender reports (RFC 3550 §6.4.1), in milliseconds. */
export const REPORT_PERIOD = 1_000;
/** Sender reports that a browser's report may still refer to. */
const REMEMBERED_REPORTS = 8;

/** A packet that waits in the pacer. */
type Waiting =
  | (PacketContent & { readonly type: "new"; readonly startsKeyframe: boolean })
  | { readonly type: "again"; readonly sent: SentPacket };

/** The transport of one connected peer: two RTP streams with their negotiated formats. Disposing frees it. */
export interface MediaWire extends Disposable {
  readonly video: RtpFormat;
  readonly audio: RtpFormat;
  /** Encrypts and sends packets of the video section, and retransmissions, in order and at once. */
  writeVideo(packets: readonly RtpPacket[]): void;
  /** Encrypts and sends packets of the audio section, in order and at once. */
  writeAudio(packets: readonly RtpPacket[]): void;
  /** Sends a sender report of one stream; a report that cannot be sent is dropped. */
  writeReport(info: SenderInfo): void;
}

/** Sends one viewer's media. Disposing stops the pacer and the reports, and disposes the wire. */
export interface Sender extends Disposable {
  /**
   * Sends a picture. False when the picture was dropped, because no keyframe was sent before it or because two
   * other pictures still wait; all pictures up to the next keyframe are then dropped too.
   */
  sendVideo(frame: PacketizedFrame): boolean;
  /** Sends a sound packet at once. */
  sendAudio(packet: EncodedAudio): void;
  /**
   * Sends lost packets of stream `ssrc` again, as far as `repair.ts` allows. True when a keyframe has to replace some
   * of them.
   */
  resend(ssrc: number, lost: readonly number[]): boolean;
  /** The browser reported how it receives a stream. */
  reported(block: ReportBlock): void;
}

/** Starts to send on a wire whose formats are negotiated. */
export function createSender(
  wire: MediaWire,
  { clock, random, sent, instant = preciseEpoch }: {
    readonly clock: Clock;
    readonly random: Random;
    /** The last packet of a picture was passed to the wire; `age`: of the picture then, in milliseconds. */
    readonly sent?: (age: number) => void;
    /** Milliseconds since 1970 with fractions. */
    readonly instant?: () => number;
  },
): Sender {
  const video = new RtpStream({ ...wire.video, clock, random });
  const audio = new RtpStream({ ...wire.audio, clock, random });
  const repair = new Repair(clock);
  const pacer = new PacketPacer<Waiting>(clock, (due) => {
    const now = clock.now();
    const packets: RtpPacket[] = [];
    for (const waiting of due) {
      const packet = numbered(waiting, now);
      if (packet) packets.push(packet);
    }
    if (packets.length > 0) wire.writeVideo(packets);
    if (!sent) return;
    for (const waiting of due) {
      if (waiting.type === "new" && waiting.marker) sent(instant() - waiting.capturedAt!);
    }
  });
  function numbered(waiting: Waiting, now: Millis): RtpPacket | undefined {
    if (waiting.type === "again") {
      return repair.isUseful(waiting.sent.sequenceNumber) ? video.again(waiting.sent) : undefined;
    }
    const packet = video.next(waiting.payload, waiting);
    repair.sent(packet.sequenceNumber, waiting, now);
    return packet;
  }
  /** When each sender report of the pictures was sent, by the middle bits of its NTP time. */
  const reportedAt = new Map<number, Millis>();
  const reports = every(clock, REPORT_PERIOD, () => {
    for (const { info } of [video, audio]) if (info) wire.writeReport(info);
    if (!video.info) return;
    reportedAt.set(middleOfNtp(video.info.sentAt), clock.now());
    for (const oldest of reportedAt.keys()) {
      if (reportedAt.size > REMEMBERED_REPORTS) reportedAt.delete(oldest);
    }
  });
  let needsKeyframe = true;

  return {
    sendVideo(frame) {
      if (needsKeyframe && !frame.keyframe) return false;
      needsKeyframe = !pacer.push(packetsOf(frame));
      return !needsKeyframe;
    },
    sendAudio: ({ data, timestamp }) =>
      wire.writeAudio([audio.next(data, { timestamp, marker: false, capturedAt: undefined })]),
    resend(ssrc, lost) {
      if (ssrc !== wire.video.ssrc || !wire.video.rtx) return false;
      const { packets, needsKeyframe } = repair.answer(lost);
      pacer.repair(packets.map((sent) => ({ type: "again", sent })));
      return needsKeyframe;
    },
    reported({ ssrc, lastReport, delay }) {
      const sentAt = ssrc === wire.video.ssrc ? reportedAt.get(lastReport) : undefined;
      if (sentAt === undefined) return;
      // Without pictures the NTP time stays the same, so a block may refer to an earlier report.
      const roundTrip = clock.now() - sentAt - delay;
      if (roundTrip >= 0) repair.measured(roundTrip);
    },
    [Symbol.dispose]() {
      pacer[Symbol.dispose]();
      reports[Symbol.dispose]();
      wire[Symbol.dispose]();
    },
  };
}

/** The packets of the newest frames. All viewers of a frame share them. */
const packetsByFrame = new WeakMap<PacketizedFrame, readonly Waiting[]>();

function packetsOf(frame: PacketizedFrame): readonly Waiting[] {
  const known = packetsByFrame.get(frame);
  if (known) return known;
  const { keyframe, timestamp, capturedAt, payloads } = frame;
  const last = payloads.length - 1;
  const packets = payloads.map((payload, index) => ({
    type: "new" as const,
    payload,
    timestamp,
    capturedAt,
    marker: index === last,
    startsKeyframe: keyframe && index === 0,
  }));
  packetsByFrame.set(frame, packets);
  return packets;
}

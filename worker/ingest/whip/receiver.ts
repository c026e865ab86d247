/**
 * Receives the stream of a program that publishes by WHIP (RFC 9725): its RTP packets become units, as those of a
 * transport stream are. It runs in the stream's own thread, which ends with it.
 *
 * @module
 */
import { writeOpusUnit } from "../../../media/mpegts/opus_units.ts";
import type { DemuxerCounts, Unit } from "../../../media/mpegts/demuxer.ts";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { PeerOptions } from "../../sending/ports.ts";
import { H264Receiver } from "./h264_receiver.ts";
import type { CreatePublisherPeer } from "./ports.ts";

/** Time between two looks for what is missing, in milliseconds. */
const TURN = 100;
/** Shortest time between two requests for a keyframe, in milliseconds. */
const KEYFRAME_PERIOD = 500;
/** Longest Opus packet: six frames of 1275 bytes at most never come; a browser's has less than 1,300. */
const MAX_SOUND = 1_500;

/** Reports of a receiver to its owner. */
export interface WhipListener {
  /** The offer was answered (SDP). */
  answered(sdp: string): void;
  unit(unit: Unit): void;
  /** So many bytes of media came. */
  bytes(count: number): void;
  /** The offer cannot be answered, or the publisher has gone; `error` is a sentence. */
  failed(error: string, why: "refused" | "left"): void;
}

/** A receiver. Its thread disposes it by its end. */
export interface WhipReceiver {
  readonly counts: DemuxerCounts;
  addCandidate(candidate: string): void;
  /** A viewer needs a keyframe. */
  requestKeyframe(): void;
}

/** Answers the offer, and receives. */
export function receiveWhip(
  { clock, createPeer, offer, peer: options, listener }: {
    readonly clock: Clock;
    readonly createPeer: CreatePublisherPeer;
    readonly offer: string;
    readonly peer: PeerOptions;
    readonly listener: WhipListener;
  },
): WhipReceiver {
  let requestedAt: Millis | undefined;
  let newestSound: number | undefined;
  const requestKeyframe = () => {
    const now = clock.now();
    if (requestedAt !== undefined && now - requestedAt < KEYFRAME_PERIOD) return;
    if (peer.requestKeyframe()) requestedAt = now;
  };
  const pictures = new H264Receiver({
    unit: (data, pts) => listener.unit({ codec: "h264", data, pts, dts: undefined }),
    keyframeNeeded: requestKeyframe,
  });
  const peer = createPeer(options, {
    // The first packets show whether a keyframe is needed.
    connected: () => {},
    video(packet) {
      listener.bytes(packet.payload.length);
      pictures.push(packet, clock.now());
    },
    sound({ sequenceNumber, payload }) {
      listener.bytes(payload.length);
      const isLate = newestSound !== undefined && isBefore(sequenceNumber, newestSound);
      if (isLate || payload.length === 0 || payload.length > MAX_SOUND) return;
      newestSound = sequenceNumber;
      const data = writeOpusUnit(payload);
      listener.unit({ codec: "opus", data, pts: undefined, dts: undefined });
    },
    closed: (reason) => listener.failed(reason, "left"),
  });
  every(clock, TURN, () => pictures.turn(clock.now()));
  peer.answer(offer).then((answer) => {
    if ("sdp" in answer) listener.answered(answer.sdp);
    else listener.failed(answer.error, "refused");
  });
  return {
    get counts() {
      return { ...pictures.counts, skippedBytes: 0 };
    },
    addCandidate: (candidate) => void peer.addCandidate(candidate),
    requestKeyframe,
  };
}

/** Whether a number comes before another one, or is the same (RFC 3550 §A.1). */
function isBefore(number: number, other: number): boolean {
  return ((number - other) & 0xffff) >= 0x8000 || number === other;
}

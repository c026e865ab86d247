/**
 * The pictures of a v3xctrl streamer: RTP packets of H.264 → units. Nothing in a packet proves its sender, so packets
 * count from the host alone whose control channel is connected, and of one RTP stream at a time. Without a socket and
 * without a clock.
 *
 * @module
 */
import type { DemuxerCounts, Unit } from "../../../media/mpegts/demuxer.ts";
import type { Millis } from "../../../protocol/clock.ts";
import { H264Receiver } from "../whip/h264_receiver.ts";
import { readRtp } from "./rtp_packet.ts";

/** Another RTP stream counts once nothing came of the one before for this long, in milliseconds. */
export const STREAM_SILENCE = 300;

/** What a receiver of pictures reports. */
export interface PictureListener {
  unit(unit: Unit): void;
  /** So many bytes of pictures came. */
  bytes(count: number): void;
  /** Another RTP stream begins. */
  restarted(): void;
}

/** The pictures that come in at one port. */
export class V3xctrlPictures {
  readonly #listener: PictureListener;
  #host: string | undefined;
  #stream: { readonly ssrc: number; seenAt: Millis } | undefined;
  #receiver: H264Receiver;
  /** Counts of the RTP streams before. */
  #before: DemuxerCounts = { packets: 0, lost: 0, damagedUnits: 0, skippedBytes: 0 };
  #skippedBytes = 0;

  constructor(listener: PictureListener) {
    this.#listener = listener;
    this.#receiver = this.#begin();
  }

  /** Counts since the start. `skippedBytes`: of other senders, and of what is no RTP. */
  get counts(): DemuxerCounts {
    const { packets, lost, damagedUnits } = this.#receiver.counts;
    return {
      packets: this.#before.packets + packets,
      lost: this.#before.lost + lost,
      damagedUnits: this.#before.damagedUnits + damagedUnits,
      skippedBytes: this.#skippedBytes,
    };
  }

  /** The host whose pictures count; `undefined`: nobody's. */
  from(host: string | undefined): void {
    this.#host = host;
  }

  /** Takes a datagram that came from `host`. */
  push(datagram: Uint8Array, host: string, now: Millis): void {
    const packet = host === this.#host ? readRtp(datagram) : undefined;
    const isOther = packet && this.#stream && packet.ssrc !== this.#stream.ssrc;
    if (!packet || (isOther && now - this.#stream!.seenAt < STREAM_SILENCE)) {
      this.#skippedBytes += datagram.length;
      return;
    }
    if (isOther) {
      this.#before = this.counts;
      this.#receiver = this.#begin();
      this.#listener.restarted();
    }
    if (isOther || !this.#stream) this.#stream = { ssrc: packet.ssrc, seenAt: now };
    this.#stream.seenAt = now;
    this.#listener.bytes(packet.payload.length);
    this.#receiver.push(packet, now);
  }

  /** Gives up what is missing for too long. Call it every 100 ms. */
  turn(now: Millis): void {
    this.#receiver.turn(now);
  }

  #begin(): H264Receiver {
    return new H264Receiver({
      unit: (data, pts) => this.#listener.unit({ codec: "h264", data, pts, dts: undefined }),
      // The protocol has no way to ask for one; v3xctrl sends a keyframe every 15 pictures.
      keyframeNeeded: () => {},
    });
  }
}

/**
 * Counts the bytes, packets and pictures of a field stream, for the figures of each second.
 *
 * @module
 */
import type { DemuxerCounts } from "../../media/mpegts/demuxer.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { PictureOrigin } from "../../protocol/picture/origin.ts";
import { NO_PICTURE, type VideoState } from "./live_video.ts";
import type { InputStats } from "./ports.ts";
import type { ReceiverFigures, ReceiverPath } from "./srt/ports.ts";

/** The counts of two seconds agree when they differ by at most this many pictures. */
const MAX_CHANGE = 2;

/** Counts the input of one field stream. */
export class InputMeter {
  readonly #clock: Clock;
  #at: Millis;
  #bytes = 0;
  #pictures = 0;
  #counts: Pick<DemuxerCounts, "packets" | "lost"> = { packets: 0, lost: 0 };
  #lastRate = 0;
  #steadyRate = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** The picture rate, in pictures a second, once two seconds in a row agree; 0 before. */
  get frameRate(): number {
    return this.#steadyRate;
  }

  /** So many bytes were received. */
  bytes(count: number): void {
    this.#bytes += count;
  }

  /** A picture was received. */
  picture(): void {
    this.#pictures += 1;
  }

  /**
   * The figures of the time since the last call. `ports`: the UDP ports of the stream, if it has any; `counts`: those
   * of its demuxer; `link`: what its receiver measures; `latency`: what the link waits for packets, in
   * milliseconds; `origin`: how its pictures came.
   */
  take(
    { ports, video, counts, link, latency, origin }: {
      ports: readonly number[];
      video: VideoState;
      counts: DemuxerCounts;
      link?: ReceiverFigures | undefined;
      latency?: number | undefined;
      origin?: PictureOrigin | undefined;
    },
  ): InputStats {
    const now = this.#clock.now();
    const seconds = Math.max(0.001, (now - this.#at) / 1000);
    const kbps = Math.round(this.#bytes * 8 / 1000 / seconds);
    const packets = counts.packets - this.#counts.packets;
    const lost = counts.lost - this.#counts.lost;
    const frameRate = Math.round(this.#pictures / seconds * 10) / 10;
    if (frameRate > 0 && Math.abs(frameRate - this.#lastRate) <= MAX_CHANGE) {
      this.#steadyRate = frameRate;
    }
    this.#lastRate = frameRate;
    this.#at = now;
    this.#bytes = 0;
    this.#pictures = 0;
    this.#counts = counts;
    const age = this.#clock.epoch() - (video.lastPictureAt ?? 0);
    return {
      picture: video.lastPictureAt !== undefined && age < NO_PICTURE,
      ...(video.lastPictureAt !== undefined && { last_picture_at: video.lastPictureAt }),
      bitrate_kbps: kbps,
      framerate: frameRate,
      ...(video.codec !== undefined && { codec: video.codec }),
      width: video.width,
      height: video.height,
      handling: video.handling,
      received_packets: counts.packets,
      lost_packets: counts.lost,
      ...(link && { retransmitted_packets: link.recovered, late_packets: link.late }),
      ...(link?.delivered !== undefined && { delivered_packets: link.delivered }),
      ...(link?.lost !== undefined && { missed_packets: link.lost }),
      ...(latency !== undefined && { latency_ms: latency }),
      ...(origin && { origin: originFigures(origin) }),
      links: link?.paths?.map(pathFigures) ?? ports.map((port) => ({
        port,
        bitrate_kbps: kbps,
        loss_rate: lost > 0 ? lost / (packets + lost) : 0,
        ...(link?.rtt !== undefined && { rtt_ms: link.rtt }),
      })),
    };
  }
}

function pathFigures({ port, bitrate, lossRate = 0, rtt }: ReceiverPath) {
  return {
    port,
    bitrate_kbps: Math.round(bitrate / 1000),
    loss_rate: lossRate,
    ...(rtt !== undefined && { rtt_ms: tenths(rtt) }),
  };
}

function originFigures(origin: PictureOrigin): InputStats["origin"] {
  if (origin.type === "unknown") return { gap: origin.why };
  const { device, link, error } = origin;
  return { device_ms: tenths(device), link_ms: tenths(link), error_ms: tenths(error) };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/**
 * One running stream: takes pictures and sound from a source, compresses them, packs them and gives them to the
 * uplink; reports its figures once a second.
 *
 * @module
 */
import { AAC_CHANNELS, AAC_RATE, type AacPacket } from "../../media/aac_encoder.ts";
import { TsMuxer } from "../../media/mpegts/muxer.ts";
import type { CreateVideoEncoder, Picture, VideoEncoder } from "../../media/ports.ts";
import type { ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import type { EncoderConfig } from "../../protocol/field/device.ts";
import { planUpdate } from "./hot_update.ts";
import { Growing, SampleClock } from "./media_time.ts";
import type { FieldSource, PipelineStats, UpdateOutcome } from "./ports.ts";
import type { Uplink } from "./uplink.ts";

/** Seconds between keyframes when none are configured: a viewer that joins waits no longer. */
const KEYFRAME_PERIOD = 1;
/** How often it is checked whether figures are due, in milliseconds: the first ones are reported at once. */
const TURN = 100;
/** Most seconds between keyframes, whatever is configured. */
const MAX_KEYFRAME_PERIOD = 2;

export interface SoundEncoder extends Disposable {
  encode(pcm: Int16Array): AacPacket[];
}

export interface BroadcastOptions {
  readonly source: FieldSource;
  readonly uplink: Uplink;
  readonly encoder: EncoderConfig;
  /** Name of the network path in the figures. */
  readonly path: string;
  /** Between two reports of the figures, in milliseconds. */
  readonly statsPeriod: number;
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  readonly createSoundEncoder: () => SoundEncoder;
  readonly listener: {
    stats(stats: PipelineStats): void;
    failed(error: string): void;
  };
}

export class Broadcast implements Disposable {
  readonly #options: BroadcastOptions;
  readonly #muxer: TsMuxer;
  readonly #soundClock = new SampleClock(AAC_RATE);
  readonly #pictureTimes = new Growing();
  readonly #began: Millis;
  readonly #telling: Disposable;
  #encoder: EncoderConfig;
  #video: VideoEncoder | undefined;
  #sound: SoundEncoder | undefined;
  #keyframeWanted = true;
  #sinceKeyframe = 0;
  #window = { pictures: 0, bytes: 0, sentBytes: 0, at: 0 };

  constructor(options: BroadcastOptions) {
    const { source, clock, encoder } = options;
    this.#options = options;
    this.#encoder = encoder;
    this.#began = clock.now();
    this.#window.at = this.#began;
    const audio = { sampleRate: AAC_RATE, channels: AAC_CHANNELS };
    this.#muxer = new TsMuxer(source.hasSound ? { audio } : {});
    this.#telling = every(clock, TURN, () => this.#turn());
    source.run({
      picture: (picture, pts) => this.#picture(picture, pts),
      unit: (data, unit) => this.#unit(data, unit),
      sound: (pcm, pts) => this.#pcm(pcm, pts),
      restarted: () => this.#restart(),
      failed: (error) => options.listener.failed(error),
    });
  }

  /** The next picture is to be decodable alone. */
  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Takes all of an update, or none of it. */
  update(update: ConfigUpdate): UpdateOutcome {
    const plan = planUpdate(update, this.#encoder);
    if ("refusal" in plan) return plan;
    this.#encoder = plan.encoder;
    this.#video?.setBitrate(plan.encoder.bitrate_kbps * 1000);
    return { applied: plan.applied };
  }

  [Symbol.dispose](): void {
    this.#telling[Symbol.dispose]();
    this.#options.source[Symbol.dispose]();
    this.#video?.[Symbol.dispose]();
    this.#sound?.[Symbol.dispose]();
  }

  /** An encoder is made for one size and rate; the next picture makes another. */
  #restart(): void {
    this.#video?.[Symbol.dispose]();
    this.#video = undefined;
    this.#keyframeWanted = true;
  }

  #picture(picture: Picture, pts: number): void {
    if (!this.#options.uplink.isUp) return;
    this.#video ??= this.#options.createVideoEncoder({
      codec: "h264",
      frameRate: this.#options.source.frameRate,
      bitrate: this.#encoder.bitrate_kbps * 1000,
      minHeight: 1,
    });
    const isDue = this.#keyframeWanted || this.#sinceKeyframe + 1 >= this.#keyframeInterval;
    const frame = this.#video.encode(picture, { keyframe: isDue, timestamp: pts });
    this.#sinceKeyframe += 1;
    if (frame) this.#unit(frame.data, { pts, keyframe: frame.keyframe });
  }

  #unit(data: Uint8Array, { pts, keyframe }: { pts: number; keyframe: boolean }): void {
    if (keyframe) {
      this.#keyframeWanted = false;
      this.#sinceKeyframe = 0;
    }
    this.#window.pictures += 1;
    this.#window.bytes += data.length;
    const packets = this.#muxer.video(data, { pts: this.#pictureTimes.next(pts), keyframe });
    this.#options.uplink.picture(packets, { keyframe });
  }

  #pcm(pcm: Int16Array, pts: number): void {
    if (!this.#options.uplink.isUp) return;
    this.#sound ??= this.#options.createSoundEncoder();
    for (const { data, sample } of this.#sound.encode(pcm)) {
      this.#options.uplink.sound(
        this.#muxer.audio(data, { pts: this.#soundClock.at(sample, pts) }),
      );
    }
  }

  /** In pictures. */
  get #keyframeInterval(): number {
    const { frameRate } = this.#options.source;
    const wished = this.#encoder.keyint_max ?? Math.round(frameRate * KEYFRAME_PERIOD);
    return Math.max(1, Math.min(wished, Math.round(frameRate * MAX_KEYFRAME_PERIOD)));
  }

  #turn(): void {
    const { uplink, clock, statsPeriod } = this.#options;
    const isFirst = this.#window.sentBytes === 0 && uplink.figures.sentBytes > 0;
    if (isFirst || clock.now() - this.#window.at >= statsPeriod) this.#tell();
  }

  #tell(): void {
    const { uplink, clock, listener, path, source } = this.#options;
    const now = clock.now();
    const seconds = Math.max(0.001, (now - this.#window.at) / 1000);
    const { pictures, bytes } = this.#window;
    const { sentBytes, rtt, lossRate, capacity } = uplink.figures;
    const observed = (sentBytes - this.#window.sentBytes) * 8 / seconds;
    this.#window = { pictures: 0, bytes: 0, sentBytes, at: now };
    if (sentBytes === 0) return;
    listener.stats({
      uptime_s: Math.round((now - this.#began) / 1000),
      encoder_bitrate_kbps: Math.round(bytes * 8 / 1000 / seconds),
      timestamp_ms: clock.epoch(),
      framerate: Math.round(pictures / seconds * 10) / 10,
      dropped_frames: uplink.dropped,
      input: source.condition,
      links: [{
        id: 0,
        interface: path,
        state: uplink.condition,
        rtt_ms: rtt ?? null,
        loss_rate: lossRate ?? null,
        capacity_bps: capacity ?? null,
        sent_bytes: sentBytes,
        observed_bps: Math.round(observed),
      }],
    });
  }
}

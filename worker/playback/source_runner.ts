/**
 * Steps a source and turns what it yields into frames and packets: one encoder a codec that viewers need, made
 * when first needed. It has no clock of its own and never waits: the source thread calls it.
 *
 * @module
 */
import { Keyframes } from "../../media/keyframes.ts";
import type {
  AudioEncoder,
  CreateAudioEncoder,
  CreateVideoEncoder,
  Picture,
  VideoCodec,
  VideoEncoder,
} from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Source, SourceInfo } from "../sources/ports.ts";
import { SEATS, type SharedControl } from "./shared_control.ts";
import { StepStats } from "./step_stats.ts";
import type { FromThread, VideoSettings } from "./thread_protocol.ts";

const AUDIO_BITRATE = 96_000;
/** RTP's video clock, ticks a millisecond (RFC 6184 §8.2.1). */
const VIDEO_TICKS = 90;
/** RTP's clock for Opus, ticks of a packet of 10 ms (RFC 7587 §4.1). */
const PACKET_TICKS = 480;
const CODECS = ["h264", "vp8"] as const satisfies readonly VideoCodec[];

export interface SourceRunnerOptions {
  readonly source: Source;
  readonly video: VideoSettings;
  readonly control: SharedControl;
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  readonly createAudioEncoder: CreateAudioEncoder;
  /** Hands a message to the main isolate; the buffers go with it. */
  readonly post: (message: FromThread, transfer: readonly ArrayBuffer[]) => void;
}

interface Output {
  readonly encoder: VideoEncoder;
  readonly keyframes: Keyframes;
}

export class SourceRunner implements Disposable {
  readonly #options: SourceRunnerOptions;
  readonly #outputs = new Map<VideoCodec, Output>();
  readonly #stats: StepStats;
  #info: SourceInfo;
  #audio: AudioEncoder | undefined;
  #picture: Picture | undefined;
  /** Added to the times of the sound encoder, which begins at zero: sound goes on where an earlier one ended. */
  #soundBase = 0;
  #soundNext = 0;
  #keyframesAsked = 0;
  #bitrate = 0;

  constructor(options: SourceRunnerOptions) {
    this.#options = options;
    this.#stats = new StepStats(options.clock);
    this.#info = options.source.info;
  }

  /** Advances the source by one frame; `skipped` frames were given up before it. */
  step(skipped: number): void {
    const { source, control } = this.#options;
    const { picture, sound } = source.step(Array.from({ length: SEATS }, (_, i) => control.pad(i)));
    this.#noticeInfo();
    this.#picture = picture ?? this.#picture;
    this.#takeRequests();
    this.#encodeVideo(picture ? "every picture" : "keyframes only");
    this.#encodeAudio(sound);
    this.#stats.step(skipped);
    const stats = this.#stats.take();
    if (stats) this.#options.post({ type: "stats", stats }, []);
  }

  /** While paused: shows the standing picture to whoever comes or lost it. */
  still(): void {
    this.#takeRequests();
    this.#encodeVideo("keyframes only");
  }

  [Symbol.dispose](): void {
    for (const { encoder } of this.#outputs.values()) encoder[Symbol.dispose]();
    this.#outputs.clear();
    this.#audio?.[Symbol.dispose]();
    this.#options.source[Symbol.dispose]();
  }

  /** A core may change its mode while it runs: size and rate are told, the encoders follow. */
  #noticeInfo(): void {
    const { info } = this.#options.source;
    if (info === this.#info) return;
    if (info.frameRate !== this.#info.frameRate) this.#dropVideo();
    if (info.sampleRate !== this.#info.sampleRate) {
      this.#audio?.[Symbol.dispose]();
      this.#audio = undefined;
      this.#soundBase = this.#soundNext;
    }
    this.#info = info;
    this.#options.post({ type: "info", info }, []);
  }

  #takeRequests(): void {
    const { keyframesAsked, bitrate } = this.#options.control;
    if (keyframesAsked !== this.#keyframesAsked) {
      this.#keyframesAsked = keyframesAsked;
      for (const { keyframes } of this.#outputs.values()) keyframes.request();
    }
    if (bitrate === this.#bitrate || bitrate <= 0) return;
    this.#bitrate = bitrate;
    for (const { encoder } of this.#outputs.values()) encoder.setBitrate(bitrate);
  }

  #encodeVideo(which: "every picture" | "keyframes only"): void {
    const { control, clock, post } = this.#options;
    if (!this.#picture) return;
    for (const codec of CODECS) {
      if (!control.wants(codec)) {
        this.#drop(codec);
        continue;
      }
      const { encoder, keyframes } = this.#output(codec);
      const keyframe = keyframes.due;
      if (which === "keyframes only" && !keyframe) continue;
      const began = clock.now();
      const timestamp = Math.round(began * VIDEO_TICKS) >>> 0;
      const frame = encoder.encode(this.#picture, { keyframe, timestamp });
      this.#stats.encoded(clock.now() - began);
      if (!frame) continue;
      if (frame.keyframe) keyframes.made();
      post({ type: "frame", frame }, [frame.data.buffer]);
    }
  }

  #encodeAudio(sound: Int16Array): void {
    if (sound.length === 0) return;
    const { createAudioEncoder, post } = this.#options;
    this.#audio ??= createAudioEncoder({
      sampleRate: this.#info.sampleRate,
      bitrate: AUDIO_BITRATE,
    });
    const packets = this.#audio.encode(sound).map(({ data, timestamp }) => ({
      data,
      timestamp: (timestamp + this.#soundBase) >>> 0,
    }));
    const last = packets.at(-1);
    if (!last) return;
    this.#soundNext = (last.timestamp + PACKET_TICKS) >>> 0;
    post({ type: "sound", packets }, packets.map(({ data }) => data.buffer));
  }

  #output(codec: VideoCodec): Output {
    const known = this.#outputs.get(codec);
    if (known) return known;
    const { createVideoEncoder, video, clock, control } = this.#options;
    const output: Output = {
      encoder: createVideoEncoder({
        codec,
        frameRate: this.#info.frameRate,
        bitrate: control.bitrate,
        minHeight: video.minHeight,
      }),
      keyframes: new Keyframes(clock),
    };
    this.#outputs.set(codec, output);
    return output;
  }

  #drop(codec: VideoCodec): void {
    this.#outputs.get(codec)?.encoder[Symbol.dispose]();
    this.#outputs.delete(codec);
  }

  #dropVideo(): void {
    for (const codec of CODECS) this.#drop(codec);
  }
}

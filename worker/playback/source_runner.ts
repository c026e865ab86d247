/**
 * Steps a source and turns its pictures and sound into frames and packets. It never waits: the source thread calls it
 * once for each frame.
 *
 * @module
 */
import { thumbnail } from "../../media/pictures/thumbnail.ts";
import type {
  AudioEncoder,
  CreateAudioEncoder,
  CreateVideoEncoder,
  Picture,
} from "../../media/ports.ts";
import { type Clock, preciseEpoch } from "../../protocol/clock.ts";
import type { PadState } from "../../protocol/control/pad.ts";
import { type Motors, STILL } from "../../protocol/rumble/motors.ts";
import type { Source, SourceInfo } from "../sources/ports.ts";
import { LayerEncoders } from "./layer_encoders.ts";
import { SEATS, type SharedControl } from "./shared_control.ts";
import { StepStats } from "./step_stats.ts";
import type { FromThread, VideoSettings } from "./thread_protocol.ts";

/** Bits per second: the sound of games is not audibly changed. */
const AUDIO_BITRATE = 96_000;
/** RTP's video clock, ticks a millisecond (RFC 6184 §8.2.1). */
const VIDEO_TICKS = 90;
/** RTP's clock for Opus, ticks of a packet of 10 ms (RFC 7587 §4.1). */
const PACKET_TICKS = 480;

/** A source, its encoders, and where the results go. */
export interface SourceRunnerOptions {
  readonly source: Source;
  readonly video: VideoSettings;
  readonly control: SharedControl;
  /** Turns a person's pad into the core's; it stays as it is when absent. */
  readonly mapPad?: (pad: PadState) => PadState;
  readonly clock: Clock;
  /** Milliseconds since 1970 with fractions. */
  readonly instant?: () => number;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** To be called before each picture is passed to the encoders. */
  readonly nextPicture?: () => void;
  readonly createAudioEncoder: CreateAudioEncoder;
  /** Posts a message to the main isolate, and transfers the buffers. */
  readonly post: (message: FromThread, transfer: readonly ArrayBuffer[]) => void;
}

/** Runs one source. Disposing closes the encoders and the source. */
export class SourceRunner implements Disposable {
  readonly #options: SourceRunnerOptions;
  readonly #encoders: LayerEncoders;
  readonly #stats: StepStats;
  #info: SourceInfo;
  #audio: AudioEncoder | undefined;
  #picture: Picture | undefined;
  #rumble: readonly Motors[] | undefined;
  /** Added to the times of the sound encoder, which begin at zero, so that they follow those of an earlier encoder. */
  #soundBase = 0;
  #soundNext = 0;
  #soundLoss = 0;

  constructor(options: SourceRunnerOptions) {
    const { clock, control, createVideoEncoder, nextPicture, video: { targetHeight }, post } =
      options;
    this.#options = options;
    this.#stats = new StepStats(clock);
    this.#info = options.source.info;
    this.#encoders = new LayerEncoders({
      clock,
      control,
      createVideoEncoder,
      ...(nextPicture && { nextPicture }),
      targetHeight,
      frameRate: () => this.#info.frameRate,
      frame: (frame) => post({ type: "frame", frame }, [frame.data.buffer]),
      took: (layer, times) => this.#stats.encoded(layer, times),
    });
  }

  /** Advances the source by one frame, and encodes it. `skipped`: the frames that were skipped before it. */
  step(skipped: number): void {
    const { source, control, clock, mapPad = (pad) => pad } = this.#options;
    const began = clock.now();
    const pads = Array.from({ length: SEATS }, (_, seat) => mapPad(control.pad(seat)));
    const { picture, sound } = source.step(pads);
    if (picture) this.#stats.captured(clock.now() - began);
    this.#followInfo();
    this.#followRumble();
    this.#picture = picture ?? this.#picture;
    this.#encodeVideo({ isRepeated: picture === undefined });
    this.#encodeAudio(sound);
    this.#stats.step(skipped);
    const stats = this.#stats.take();
    if (stats) this.#options.post({ type: "stats", stats }, []);
  }

  /** Draws what the source shows while it stands still, without its sound; takes a frame, with neutral pads. */
  show(): void {
    this.#picture = this.#options.source.step([]).picture ?? this.#picture;
    this.#followInfo();
    this.#encodeVideo({ isRepeated: false });
  }

  /** To be called while paused: encodes the last picture again when a keyframe was requested. */
  still(): void {
    this.#encodeVideo({ isRepeated: true });
  }

  /** The newest picture as a small PNG of at most `most` bytes; `undefined` when there is none. */
  thumbnail(most: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#picture && thumbnail(this.#picture, { aspect: this.#info.aspect, most });
  }

  /** A copy of the newest picture; `undefined` when there is none. */
  get picture(): Picture | undefined {
    return this.#picture && { ...this.#picture, data: this.#picture.data.slice() };
  }

  [Symbol.dispose](): void {
    this.#encoders[Symbol.dispose]();
    this.#audio?.[Symbol.dispose]();
    this.#options.source[Symbol.dispose]();
  }

  /** A core may change its mode while it runs: the change is reported, and encoders are opened for the new rates. */
  #followInfo(): void {
    const { info } = this.#options.source;
    if (info === this.#info) return;
    if (info.frameRate !== this.#info.frameRate) this.#encoders.restart();
    if (info.sampleRate !== this.#info.sampleRate) this.#closeAudio();
    this.#info = info;
    this.#options.post({ type: "info", info }, []);
  }

  #followRumble(): void {
    const { rumble } = this.#options.source;
    if (!rumble || rumble === this.#rumble) return;
    for (const [seat, motors] of rumble.entries()) {
      const { strong, weak } = this.#rumble?.[seat] ?? STILL;
      if (motors.strong === strong && motors.weak === weak) continue;
      this.#options.post({ type: "rumble", seat, motors }, []);
    }
    this.#rumble = rumble;
  }

  #encodeVideo({ isRepeated }: { readonly isRepeated: boolean }): void {
    this.#encoders.takeRequests();
    if (!this.#picture) return;
    const { clock, instant = preciseEpoch } = this.#options;
    const capturedAt = instant();
    const timestamp = Math.round(clock.now() * VIDEO_TICKS) >>> 0;
    const { wanted } = this.#encoders;
    this.#encoders.encode(this.#picture, { wanted, timestamp, capturedAt, isRepeated });
  }

  /** The next encoder goes on in time. */
  #closeAudio(): void {
    this.#audio?.[Symbol.dispose]();
    this.#audio = undefined;
    this.#soundBase = this.#soundNext;
  }

  #encodeAudio(sound: Int16Array): void {
    if (sound.length === 0) return;
    const { createAudioEncoder, control, post } = this.#options;
    const { soundLoss } = control;
    if (soundLoss !== this.#soundLoss) this.#closeAudio();
    this.#soundLoss = soundLoss;
    this.#audio ??= createAudioEncoder({
      sampleRate: this.#info.sampleRate,
      bitrate: AUDIO_BITRATE,
      loss: soundLoss,
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
}

/**
 * Decoded sound in any layout → interleaved stereo, signed 16 bit, 48,000 samples a second.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type Frame, SoftwareResampleContext } from "node-av/lib";
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_SAMPLE_FMT_S16,
  type AVSampleFormat,
} from "node-av/constants";

/** Sample rate of the sound that is returned, in samples a second. */
export const PCM_RATE = 48_000;
const CHANNELS = 2;
/** Samples that the resampler may return beyond the ratio of the rates. */
const SLACK = 256;

interface Stage {
  readonly format: AVSampleFormat;
  readonly sampleRate: number;
  readonly channels: number;
  readonly resampler: SoftwareResampleContext;
}

/** Reads the sound of one stream's decoded frames; their layout may change from frame to frame. */
export class PcmReader implements Disposable {
  #stage: Stage | undefined;

  /** The frame's samples; the caller owns them. */
  read(frame: Frame): Int16Array<ArrayBuffer> {
    const { resampler, sampleRate } = this.#stageFor(frame);
    const room = Math.ceil(frame.nbSamples * PCM_RATE / sampleRate) + SLACK;
    const pcm = new Int16Array(room * CHANNELS);
    const output = Buffer.from(pcm.buffer);
    const made = resampler.convertSync(
      [output],
      room,
      frame.extendedData ?? frame.data ?? [],
      frame.nbSamples,
    );
    if (made < 0) throw new Error(`Cannot resample sound: swresample answered ${made}`);
    return pcm.subarray(0, made * CHANNELS);
  }

  [Symbol.dispose](): void {
    this.#stage?.resampler.free();
    this.#stage = undefined;
  }

  #stageFor(frame: Frame): Stage {
    const { sampleRate, channels } = frame;
    const format = frame.format as AVSampleFormat;
    const known = this.#stage;
    if (
      known?.format === format && known.sampleRate === sampleRate && known.channels === channels
    ) {
      return known;
    }
    this[Symbol.dispose]();
    const resampler = new SoftwareResampleContext();
    const layout = frame.channelLayout.nbChannels > 0
      ? frame.channelLayout
      : channels === 1
      ? AV_CHANNEL_LAYOUT_MONO
      : AV_CHANNEL_LAYOUT_STEREO;
    const result = resampler.allocSetOpts2(
      AV_CHANNEL_LAYOUT_STEREO,
      AV_SAMPLE_FMT_S16,
      PCM_RATE,
      layout,
      format,
      sampleRate,
    );
    if (result < 0 || resampler.init() < 0) {
      throw new Error(`Cannot resample sound of ${channels} channels at ${sampleRate} a second`);
    }
    this.#stage = { format, sampleRate, channels, resampler };
    return this.#stage;
  }
}

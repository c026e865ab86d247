/**
 * One encoder a codec that viewers need, made when first needed and gone when not; keyframes as they are asked for.
 *
 * @module
 */
import { Keyframes } from "../../media/keyframes.ts";
import type {
  CreateVideoEncoder,
  EncodedFrame,
  Picture,
  VideoCodec,
  VideoEncoder,
} from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";

export interface EncodersOptions {
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly minHeight: number;
  /** Bits per second, now. */
  readonly bitrate: () => number;
  /** Pictures a second, as well as it is known. */
  readonly frameRate: () => number;
  readonly frame: (frame: EncodedFrame) => void;
}

interface Output {
  readonly encoder: VideoEncoder;
  readonly keyframes: Keyframes;
  bitrate: number;
}

export class Encoders implements Disposable {
  readonly #options: EncodersOptions;
  readonly #outputs = new Map<VideoCodec, Output>();

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  encode(
    picture: Picture,
    { codecs, timestamp }: { readonly codecs: readonly VideoCodec[]; readonly timestamp: number },
  ): void {
    for (const codec of this.#outputs.keys()) if (!codecs.includes(codec)) this.#drop(codec);
    for (const codec of codecs) {
      const output = this.#output(codec);
      const bitrate = this.#options.bitrate();
      if (bitrate !== output.bitrate) output.encoder.setBitrate(bitrate);
      output.bitrate = bitrate;
      const frame = output.encoder.encode(picture, { keyframe: output.keyframes.due, timestamp });
      if (!frame) continue;
      if (frame.keyframe) output.keyframes.made();
      this.#options.frame(frame);
    }
  }

  requestKeyframe(): void {
    for (const { keyframes } of this.#outputs.values()) keyframes.request();
  }

  /** The next picture begins anew: another size, another rate. */
  restart(): void {
    for (const codec of [...this.#outputs.keys()]) this.#drop(codec);
  }

  [Symbol.dispose](): void {
    this.restart();
  }

  #output(codec: VideoCodec): Output {
    const known = this.#outputs.get(codec);
    if (known) return known;
    const { clock, createVideoEncoder, minHeight, bitrate, frameRate } = this.#options;
    const output: Output = {
      encoder: createVideoEncoder({
        codec,
        frameRate: Math.min(240, Math.max(1, frameRate())),
        bitrate: bitrate(),
        minHeight,
      }),
      keyframes: new Keyframes(clock),
      bitrate: bitrate(),
    };
    this.#outputs.set(codec, output);
    return output;
  }

  #drop(codec: VideoCodec): void {
    this.#outputs.get(codec)?.encoder[Symbol.dispose]();
    this.#outputs.delete(codec);
  }
}

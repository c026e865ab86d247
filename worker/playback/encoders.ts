/**
 * The video encoders of a source: one for each codec that viewers need, made when it is first needed and gone when it
 * is not. Keyframes come as they are requested.
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

/** Every codec that browsers are offered. */
export const VIDEO_CODECS = ["h264", "vp8"] as const satisfies readonly VideoCodec[];
/** Pictures a second that an encoder may be made for. With fewer, one picture could take long to send. */
const FRAME_RATES = { least: 10, most: 240 } as const;
/** A source whose picture rate falls below this share of the encoder's gets an encoder made for it. */
const MUCH_SLOWER = 0.5;

export interface EncodersOptions {
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
  /** Bits per second, now. */
  readonly bitrate: () => number;
  /** Pictures a second of the source, now. */
  readonly frameRate: () => number;
  readonly frame: (frame: EncodedFrame) => void;
  /** A picture took this long to encode, in milliseconds. */
  readonly took?: (ms: number) => void;
}

/** One picture and who needs it. */
export interface EncodeRequest {
  readonly codecs: readonly VideoCodec[];
  /** RTP timestamp at 90 kHz. */
  readonly timestamp: number;
  /** The picture was encoded before: only an encoder whose keyframe is due encodes it again. */
  readonly isRepeated?: boolean;
}

interface Output {
  readonly encoder: VideoEncoder;
  readonly keyframes: Keyframes;
  /** Pictures a second that the encoder was made for. */
  readonly frameRate: number;
  /** Bits per second that it was told. */
  bitrate: number;
}

export class Encoders implements Disposable {
  readonly #options: EncodersOptions;
  readonly #outputs = new Map<VideoCodec, Output>();

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  /** Encodes a picture once for each codec; encoders of other codecs are closed. */
  encode(picture: Picture, { codecs, timestamp, isRepeated = false }: EncodeRequest): void {
    for (const codec of this.#outputs.keys()) if (!codecs.includes(codec)) this.#close(codec);
    for (const codec of codecs) {
      const output = this.#output(codec);
      this.#followBitrate(output);
      const keyframe = output.keyframes.due;
      if (isRepeated && !keyframe) continue;
      const began = this.#options.clock.now();
      const frame = output.encoder.encode(picture, { keyframe, timestamp });
      this.#options.took?.(this.#options.clock.now() - began);
      if (!frame) continue;
      if (frame.keyframe) output.keyframes.made();
      this.#options.frame(frame);
    }
  }

  /** Makes a keyframe of the next picture, or of one shortly after it ({@linkcode Keyframes}). */
  requestKeyframe(): void {
    for (const { keyframes } of this.#outputs.values()) keyframes.request();
  }

  /** The next picture is of another flow: encoders begin anew, with a keyframe. */
  restart(): void {
    for (const codec of [...this.#outputs.keys()]) this.#close(codec);
  }

  [Symbol.dispose](): void {
    this.restart();
  }

  /** An open encoder spreads its bits over more pictures by itself; made for far more, it wastes the bitrate. */
  #output(codec: VideoCodec): Output {
    const known = this.#outputs.get(codec);
    const { least, most } = FRAME_RATES;
    const frameRate = Math.min(most, Math.max(least, this.#options.frameRate()));
    if (known && frameRate >= MUCH_SLOWER * known.frameRate) return known;
    if (known) this.#close(codec);
    const { clock, createVideoEncoder, targetHeight, bitrate: currentBitrate } = this.#options;
    const bitrate = currentBitrate();
    const output = {
      encoder: createVideoEncoder({ codec, frameRate, bitrate, targetHeight }),
      keyframes: new Keyframes(clock),
      frameRate,
      bitrate,
    };
    this.#outputs.set(codec, output);
    return output;
  }

  #followBitrate(output: Output): void {
    const bitrate = this.#options.bitrate();
    if (bitrate !== output.bitrate) output.encoder.setBitrate(bitrate);
    output.bitrate = bitrate;
  }

  #close(codec: VideoCodec): void {
    this.#outputs.get(codec)?.encoder[Symbol.dispose]();
    this.#outputs.delete(codec);
  }
}

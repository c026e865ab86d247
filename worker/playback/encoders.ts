/**
 * The video encoders of a source: one for each codec that viewers need, opened when it is first needed and closed when
 * it is not needed any more. A keyframe is made when one is requested.
 *
 * @module
 */
import { Keyframes } from "../../media/keyframes.ts";
import type {
  CapturedFrame,
  CreateVideoEncoder,
  Picture,
  Reduction,
  VideoCodec,
  VideoEncoder,
} from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { PictureOrigin } from "../../protocol/picture/origin.ts";

/** All codecs in the offer to a browser. */
export const VIDEO_CODECS = ["h264", "vp8"] as const satisfies readonly VideoCodec[];
/**
 * Least and most pictures a second that an encoder is opened for. At a lower rate each picture gets more bits, and one
 * would take long to send.
 */
const FRAME_RATES = { least: 10, most: 240 } as const;
/**
 * Of at most so many pictures one gets the bits. One that gets those of 60 would take as long to send as the pause
 * before it, and is taken for a full link.
 */
const MOST_SHARE = 8;
/** When the source's picture rate falls below this share of the encoder's, the encoder is opened anew. */
const MUCH_SLOWER = 0.5;

/** The current needs of viewers and source, and where the frames go. */
export interface EncodersOptions {
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
  /** The bitrate to encode at now, in bits per second. */
  readonly bitrate: () => number;
  /** Which pictures to encode, and how large. */
  readonly reduction: () => Reduction;
  /** The source's present picture rate, in pictures a second. */
  readonly frameRate: () => number;
  /** Takes each encoded frame. */
  readonly frame: (frame: CapturedFrame) => void;
  /** A picture took this long to convert and to encode, in milliseconds. */
  readonly took?: (times: EncodeTimes) => void;
}

/** How long the two parts of encoding one picture took, in milliseconds. */
export interface EncodeTimes {
  readonly convert: number;
  readonly encode: number;
}

/** How one picture is encoded. */
export interface EncodeRequest {
  /** The codecs that viewers need. */
  readonly codecs: readonly VideoCodec[];
  /** RTP timestamp at 90 kHz. */
  readonly timestamp: number;
  /** When the source delivered the picture, in milliseconds since 1970 with fractions. */
  readonly capturedAt: number;
  /** How a field stream's picture came; absent: it was made here. */
  readonly origin?: PictureOrigin | undefined;
  /** The picture was encoded before: only an encoder whose keyframe is due encodes it again. */
  readonly isRepeated?: boolean;
}

/** Every picture in full size. */
const WHOLE: Reduction = { every: 1, divisor: 1 };

interface Output {
  readonly encoder: VideoEncoder;
  readonly keyframes: Keyframes;
  /** Pictures a second that the encoder was opened for. */
  readonly frameRate: number;
  /** Bits per second and the reduction that the encoder was set to. */
  bitrate: number;
  reduction: Reduction;
  /** Pictures that came since the last one that was encoded. */
  left: number;
}

/** Opens, feeds and closes the encoders of one source. Disposing closes them. */
export class Encoders implements Disposable {
  readonly #options: EncodersOptions;
  readonly #outputs = new Map<VideoCodec, Output>();

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  /** Encodes a picture once for each codec; encoders of other codecs are closed. */
  encode(
    picture: Picture,
    { codecs, timestamp, capturedAt, origin, isRepeated = false }: EncodeRequest,
  ): void {
    for (const codec of this.#outputs.keys()) if (!codecs.includes(codec)) this.#close(codec);
    for (const codec of codecs) {
      const output = this.#output(codec);
      this.#follow(output);
      const keyframe = output.keyframes.due;
      if (isRepeated && !keyframe) continue;
      if (!isDue(output, keyframe)) continue;
      const { clock, took } = this.#options;
      const began = clock.now();
      let compressing = began;
      const converted = () => void (compressing = clock.now());
      const frame = output.encoder.encode(picture, { keyframe, timestamp, converted });
      took?.({ convert: compressing - began, encode: clock.now() - compressing });
      if (!frame) continue;
      if (frame.keyframe) output.keyframes.made();
      this.#options.frame({ ...frame, capturedAt, ...(origin && { origin }) });
    }
  }

  /** Encodes the next picture, or one shortly after it, as a keyframe ({@linkcode Keyframes}). */
  requestKeyframe(): void {
    for (const { keyframes } of this.#outputs.values()) keyframes.request();
  }

  /** Closes all encoders: the next picture does not follow the one before, and is encoded as a keyframe. */
  restart(): void {
    for (const codec of [...this.#outputs.keys()]) this.#close(codec);
  }

  [Symbol.dispose](): void {
    this.restart();
  }

  /**
   * The open encoder, or a new one. At a higher picture rate an open encoder spreads its bits by itself; at a far lower
   * rate it would not use its bitrate.
   */
  #output(codec: VideoCodec): Output {
    const known = this.#outputs.get(codec);
    const { least, most } = FRAME_RATES;
    const frameRate = Math.min(most, Math.max(least, this.#options.frameRate()));
    if (known && frameRate >= MUCH_SLOWER * known.frameRate) return known;
    if (known) this.#close(codec);
    const { clock, createVideoEncoder, targetHeight, bitrate: currentBitrate } = this.#options;
    const bitrate = currentBitrate();
    const output: Output = {
      encoder: createVideoEncoder({ codec, frameRate, bitrate, targetHeight }),
      keyframes: new Keyframes(clock),
      frameRate,
      bitrate,
      reduction: WHOLE,
      left: Infinity,
    };
    this.#outputs.set(codec, output);
    return output;
  }

  #follow(output: Output): void {
    const before = output.reduction.every;
    const { divisor, every } = output.reduction = this.#options.reduction();
    output.encoder.setDivisor(divisor);
    // The encoder divides its bitrate by the rate of all pictures; those that are encoded get the bits of the others.
    const share = Math.min(every, MOST_SHARE);
    const bitrate = this.#options.bitrate() * share;
    if (bitrate !== output.bitrate || every !== before) output.encoder.setBitrate(bitrate, share);
    output.bitrate = bitrate;
  }

  #close(codec: VideoCodec): void {
    this.#outputs.get(codec)?.encoder[Symbol.dispose]();
    this.#outputs.delete(codec);
  }
}

/** Whether the next picture is encoded. A keyframe does not wait for its turn. */
function isDue(output: Output, keyframe: boolean): boolean {
  output.left++;
  if (output.left < output.reduction.every && !keyframe) return false;
  output.left = 0;
  return true;
}

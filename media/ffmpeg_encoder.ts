/**
 * A video encoder over one FFmpeg codec, in this process. The differences between codecs are an
 * {@linkcode FfmpegCodec}; this file opens and reopens encoders and moves frames and packets.
 *
 * @module
 */
import { Codec, CodecContext, FFmpegError, type Frame, Packet, Rational } from "node-av/lib";
import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
  type FFEncoderCodec,
} from "node-av/constants";
import { Converter, type PictureConverter } from "./pictures/convert.ts";
import { PictureRate } from "./picture_rate.ts";
import type {
  EncodedFrame,
  EncodePictureOptions,
  Picture,
  Reduction,
  VideoCodec,
  VideoEncoder,
  VideoEncoderOptions,
} from "./ports.ts";
import { silenceFfmpeg } from "./ffmpeg_log.ts";

/** The settings that one open encoder has. */
export interface OpenOptions {
  /** In pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly frameRate: number;
  /** Bits per second. */
  readonly bitrate: number;
}

/** Share by which the measured picture rate must differ before the encoder's rate is changed. */
const RATE_CHANGE = 0.15;
/** Least buffer of an encoder that is passed few of the pictures, in frames' bits. */
const LEAST_BUFFER = 1.5;
/** Ticks of an encoder's clock for one picture at the nominal rate. */
const TICKS = 1_000;

/** The differences between codecs. */
export interface FfmpegCodec {
  readonly codec: VideoCodec;
  /** FFmpeg's name of the encoder. */
  readonly name: FFEncoderCodec;
  /** Options by FFmpeg's names. */
  options(open: OpenOptions): Readonly<Record<string, string>>;
  /** How many frames' worth of bits may be sent at once. */
  readonly bufferFrames: number;
  /** Whether going from one bitrate to the other takes a new encoder, and so a keyframe. */
  reopens(change: { from: number; to: number; frames: number; frameRate: number }): boolean;
  /**
   * How an open encoder gets a new bitrate. `fields`: it reads them before each picture. `durations`: it does not, but
   * a picture that is said to last longer gets more bits. `never`: only a new encoder has it.
   */
  readonly retuned: "fields" | "durations" | "never";
  /** Prepares an encoder that takes pictures in a device's memory, before it is opened; in main memory when absent. */
  readonly openUpload?: (context: CodecContext, open: OpenOptions) => Upload;
  /** Removes the parts of an access unit that no receiver needs. */
  trim(data: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** Copies pictures into a device's memory. Disposing frees that memory. */
export interface Upload extends Disposable {
  /** The copy, with the picture's time and type; valid until the next call. */
  upload(frame: Frame): Frame;
}

/** One encoder of FFmpeg that is open. */
interface Open {
  readonly context: CodecContext;
  readonly options: OpenOptions;
  readonly upload: Upload | undefined;
}

/** Encodes pictures with `codec`; see {@linkcode VideoEncoder}. Its bitrate holds at any rate of pictures. */
export class FfmpegEncoder implements VideoEncoder {
  readonly #codec: FfmpegCodec;
  readonly #frameRate: number;
  readonly #converter: PictureConverter;
  readonly #packet = new Packet();
  #open: Open | undefined;
  readonly #rate: PictureRate;
  /** Pictures a second that the encoder's bitrate is set for. */
  #rateSet: number;
  #bitrate: number;
  /** Every how many pictures of the nominal rate one is passed. */
  #every = 1;
  /** Frames since the encoder was opened. */
  #frames = 0;
  /** Presentation time of the next frame, in ticks. */
  #time = 0n;

  /** `converter` is disposed with the encoder. */
  constructor(
    codec: FfmpegCodec,
    { frameRate, bitrate, targetHeight }: VideoEncoderOptions,
    converter: PictureConverter = new Converter({ targetHeight }),
  ) {
    if (!(frameRate >= 1 && frameRate <= 1000)) {
      throw new RangeError(
        `Cannot encode ${codec.codec} at ${frameRate} pictures a second: it must be 1 to 1000`,
      );
    }
    this.#codec = codec;
    this.#frameRate = frameRate;
    this.#rate = new PictureRate(frameRate);
    this.#rateSet = frameRate;
    this.#bitrate = checkBitrate(bitrate);
    this.#converter = converter;
    this.#packet.alloc();
  }

  get codec(): VideoCodec {
    return this.#codec.codec;
  }

  get width(): number {
    return this.#open?.options.width ?? 0;
  }

  get height(): number {
    return this.#open?.options.height ?? 0;
  }

  encode(
    picture: Picture,
    { keyframe, timestamp, converted }: EncodePictureOptions,
  ): EncodedFrame | undefined {
    const frame = this.#converter.convert(picture);
    converted?.();
    this.#rate.picture(timestamp);
    this.#followRate();
    const { context, upload } = this.#openFor(frame);
    this.#frames += 1;
    frame.pts = this.#time;
    frame.duration = this.#duration;
    this.#time += frame.duration;
    frame.pictType = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    const input = upload ? upload.upload(frame) : frame;
    check(context.sendFrameSync(input), `Cannot encode a picture with ${this.#codec.name}`);
    if (context.receivePacketSync(this.#packet) < 0) return undefined;
    const isKeyframe = this.#packet.isKeyframe;
    const data = this.#packet.data ?? new Uint8Array();
    const encoded = {
      codec: this.#codec.codec,
      data: isKeyframe ? this.#codec.trim(data) : new Uint8Array(data),
      keyframe: isKeyframe,
      timestamp: timestamp >>> 0,
    };
    this.#packet.unref();
    return encoded;
  }

  setBitrate(bitrate: number, every = 1): void {
    this.#bitrate = checkBitrate(bitrate);
    this.#every = every;
    this.#retune();
  }

  setDivisor(divisor: Reduction["divisor"]): void {
    this.#converter.divisor = divisor;
  }

  [Symbol.dispose](): void {
    this.#close();
    this.#converter[Symbol.dispose]();
    this.#packet.free();
  }

  /**
   * All encoders divide the bitrate by the nominal picture rate. With more pictures a second than that, each must get
   * fewer bits.
   */
  #followRate(): void {
    const { value } = this.#rate;
    if (Math.abs(value - this.#rateSet) < RATE_CHANGE * this.#rateSet) return;
    this.#rateSet = value;
    this.#retune();
  }

  #retune(): void {
    if (this.#open && this.#codec.retuned === "fields") this.#setRate(this.#open.context);
  }

  /** Ticks that the next frame is said to last. */
  get #duration(): bigint {
    if (!this.#open || this.#codec.retuned !== "durations") return BigInt(TICKS);
    const share = this.#nominalBitrate / this.#open.options.bitrate;
    return BigInt(Math.max(1, Math.round(TICKS * share)));
  }

  /** The bitrate on the encoder's own clock, bits per second. */
  get #nominalBitrate(): number {
    return Math.max(1_000, Math.round(this.#bitrate * this.#frameRate / this.#rateSet));
  }

  #openFor({ width, height }: Frame): Open {
    const open = this.#open;
    const change = {
      from: open?.options.bitrate ?? 0,
      to: this.#nominalBitrate,
      frames: this.#frames,
      frameRate: this.#frameRate,
    };
    if (
      open?.options.width === width && open.options.height === height &&
      !this.#codec.reopens(change)
    ) {
      return open;
    }
    this.#close();
    const options = { width, height, frameRate: this.#frameRate, bitrate: this.#nominalBitrate };
    this.#open = this.#openContext(options);
    this.#frames = 0;
    this.#time = 0n;
    return this.#open;
  }

  #openContext(options: OpenOptions): Open {
    const { name } = this.#codec;
    const what = `Cannot open ${name} for ${options.width}x${options.height}`;
    const codec = Codec.findEncoderByName(name);
    if (!codec) throw new Error(`${what}: this build of FFmpeg does not have it`);
    silenceFfmpeg();
    const context = new CodecContext();
    context.allocContext3(codec);
    context.width = options.width;
    context.height = options.height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    const rate = Math.round(options.frameRate * 1000);
    context.timeBase = new Rational(1, Math.round(TICKS * options.frameRate));
    context.framerate = new Rational(rate, 1000);
    // The encoder makes keyframes only on request. More threads would add delay or use CPU without gain.
    context.gopSize = 1_000_000;
    context.maxBFrames = 0;
    context.threadCount = 1;
    // Screens' colours (sRGB) in the matrix that the converter uses; limited range.
    context.colorRange = AVCOL_RANGE_MPEG;
    context.colorSpace = AVCOL_SPC_SMPTE170M;
    context.colorPrimaries = AVCOL_PRI_BT709;
    context.colorTrc = AVCOL_TRC_IEC61966_2_1;
    this.#setRate(context);
    for (const [key, value] of Object.entries(this.#codec.options(options))) {
      check(context.setOption(key, value), `${what} with ${key} = ${value}`);
    }
    let upload: Upload | undefined;
    try {
      upload = this.#codec.openUpload?.(context, options);
      check(context.open2Sync(codec, null), what);
      return { context, options, upload };
    } catch (error) {
      context.freeContext();
      upload?.[Symbol.dispose]();
      throw error;
    }
  }

  #setRate(context: CodecContext): void {
    const bitrate = this.#nominalBitrate;
    context.bitRate = BigInt(bitrate);
    context.rcMaxRate = BigInt(bitrate);
    // The same least and highest bitrate: libvpx then holds it for every second and not on the average alone.
    context.rcMinRate = BigInt(bitrate);
    const frames = Math.max(LEAST_BUFFER, this.#codec.bufferFrames / this.#every);
    context.rcBufferSize = Math.round(bitrate / this.#frameRate * frames);
  }

  #close(): void {
    this.#open?.context.freeContext();
    this.#open?.upload?.[Symbol.dispose]();
    this.#open = undefined;
  }
}

function checkBitrate(bitrate: number): number {
  if (bitrate >= 1_000 && bitrate <= 1_000_000_000) return Math.round(bitrate);
  throw new RangeError(
    `Cannot encode at ${bitrate} bits per second: it must be 1,000 to 1,000,000,000`,
  );
}

function check(result: number | void, what: string): void {
  if (typeof result === "number" && result < 0) {
    throw new Error(`${what}: ${FFmpegError.strerror(result)}`);
  }
}

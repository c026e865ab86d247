/**
 * An input that FFmpeg opens: a camera, a file, an RTSP address. The differences between them are in
 * {@linkcode Input}.
 *
 * @module
 */
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  InputFormat,
  Packet,
  type Rational,
  type Stream,
} from "node-av/lib";
import {
  AV_CODEC_ID_H264,
  AVERROR_EINVAL,
  AVERROR_EOF,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from "node-av/constants";
import { joinNals, NalType, nalType, splitNals } from "../../media/annexb.ts";
import { Decoder } from "../../media/decode/decoder.ts";
import { FrameReader, type PictureSize } from "../../media/decode/frame_reader.ts";
import { PcmReader } from "../../media/decode/pcm_reader.ts";
import { type Clock, sleep } from "../../protocol/clock.ts";
import { mediaTime } from "./media_time.ts";
import type { InputListener, OpenedInput } from "./ports.ts";
import { silenceFfmpeg } from "../../media/ffmpeg_log.ts";
import { errorText } from "../../protocol/error_text.ts";

/** How FFmpeg opens an input, and how its pictures are sent. */
export interface Input {
  /** Description for errors: `the camera /dev/video0`. Holds no password. */
  readonly what: string;
  /** As FFmpeg takes it. May hold a password: never logged. */
  readonly url: string;
  /** FFmpeg's name of the format; detected when absent. */
  readonly format?: string;
  /** Options by FFmpeg's names. */
  readonly options: Readonly<Record<string, string>>;
  /** `live`: packets are sent as they arrive. `file`: packets are sent at their own times. */
  readonly pace: "live" | "file";
  /** Whether the input is repeated at its end. */
  readonly loop?: boolean;
  /** Whether H.264 is sent as it arrives. */
  readonly passthrough?: boolean;
  /** Pictures are scaled until they fit into this size. */
  readonly size?: PictureSize | undefined;
  /** Pictures beyond this many a second are left out. */
  readonly frameRate?: number | undefined;
}

/** Pictures a second of an input that does not announce its rate. */
const USUAL_RATE = 30;
const MAX_RATE = 240;
/** Pictures closer than this share of the configured rate's interval are left out. */
const LEAST_SPACING = 0.75;

/** Opens an input, or returns a sentence that says why it could not be opened. */
export async function openInput(
  input: Input,
  clock: Clock,
): Promise<OpenedInput | { readonly error: string }> {
  silenceFfmpeg();
  const context = new FormatContext();
  context.allocContext();
  const format = input.format === undefined ? null : InputFormat.findInputFormat(input.format);
  const options = Dictionary.fromObject({ ...input.options });
  const opened = await context.openInput(input.url, format, options);
  const cannot = (why: string) => ({ error: `Cannot open ${input.what}: ${why}` });
  if (opened < 0) return cannot(whyNotOpened(opened, input));
  await context.findStreamInfo(null);
  const video = context.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO);
  const audio = context.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO);
  if (!video) {
    await context.closeInput();
    return cannot("there are no pictures in it");
  }
  return new InputSource({ input, clock, context, video, audio });
}

function whyEnded(result: number): string {
  return result === AVERROR_EOF ? "it closed the connection" : FFmpegError.strerror(result);
}

function whyNotOpened(result: number, { pace }: Input): string {
  const isNoVideo = result === AVERROR_INVALIDDATA || result === AVERROR_EINVAL;
  if (pace === "file" && isNoVideo) return "it is no video of a kind that is sent";
  if (result === AVERROR_HTTP_UNAUTHORIZED) return "it refused the user name or the password";
  return FFmpegError.strerror(result);
}

class InputSource implements OpenedInput {
  readonly frameRate: number;
  readonly hasSound: boolean;
  readonly #input: Input;
  readonly #clock: Clock;
  readonly #context: FormatContext;
  readonly #video: Stream;
  readonly #audio: Stream | undefined;
  readonly #isPassedThrough: boolean;
  /** Width of a pixel : its height by the container. It replaces that of the codec. */
  readonly #pixelAspect: Rational | undefined;
  readonly #pictures: FrameReader;
  readonly #samples = new PcmReader();
  readonly #videoDecoder: Decoder;
  readonly #audioDecoder: Decoder | undefined;
  #reading: Promise<void> = Promise.resolve();
  #over = false;
  /** Media time of the file's time 0, in ticks. */
  #origin: number | undefined;
  #nextPictureAt = 0;

  constructor(
    { input, clock, context, video, audio }: {
      input: Input;
      clock: Clock;
      context: FormatContext;
      video: Stream;
      audio: Stream | undefined;
    },
  ) {
    this.#input = input;
    this.#clock = clock;
    this.#context = context;
    this.#video = video;
    this.#audio = audio;
    this.hasSound = audio !== undefined;
    const { num, den } = video.avgFrameRate;
    const reported = den > 0 && num > 0 ? num / den : USUAL_RATE;
    this.frameRate = Math.max(1, Math.min(reported, input.frameRate ?? MAX_RATE, MAX_RATE));
    const { sampleAspectRatio } = video;
    this.#pixelAspect = sampleAspectRatio.num > 0 ? sampleAspectRatio : undefined;
    const isH264 = video.codecpar.codecId === AV_CODEC_ID_H264;
    this.#isPassedThrough = isH264 && input.passthrough === true;
    this.#pictures = new FrameReader({ size: input.size });
    this.#videoDecoder = new Decoder(video.codecpar);
    this.#audioDecoder = audio && new Decoder(audio.codecpar);
  }

  run(listener: InputListener): void {
    this.#reading = this.#read(listener).catch((error) => {
      if (!this.#over) listener.lost(`${this.#input.what} cannot be read: ${errorText(error)}`);
    });
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#context.interrupt();
    // A thread may be reading through these. An input that stays open keeps its device busy.
    this.#reading.finally(async () => {
      await this.#context.closeInput();
      this.#videoDecoder[Symbol.dispose]();
      this.#audioDecoder?.[Symbol.dispose]();
      this.#pictures[Symbol.dispose]();
      this.#samples[Symbol.dispose]();
    });
  }

  async #read(listener: InputListener): Promise<void> {
    using packet = new Packet();
    packet.alloc();
    while (!this.#over) {
      const result = await this.#context.readFrame(packet);
      if (this.#over) break;
      if (result < 0) {
        const isEnd = this.#input.pace === "file" && result === AVERROR_EOF;
        if (isEnd && !this.#input.loop) return listener.failed(`${this.#input.what} is over`);
        if (isEnd && await this.#rewind()) continue;
        return listener.lost(`${this.#input.what} ended: ${whyEnded(result)}`);
      }
      await this.#give(packet, listener);
      packet.unref();
    }
  }

  async #rewind(): Promise<boolean> {
    this.#origin = undefined;
    this.#nextPictureAt = 0;
    this.#videoDecoder.flush();
    this.#audioDecoder?.flush();
    return await this.#context.seekFrame(-1, 0n, AVSEEK_FLAG_BACKWARD) >= 0;
  }

  async #give(packet: Packet, listener: InputListener): Promise<void> {
    const stream = packet.streamIndex === this.#video.index ? this.#video : this.#audio;
    const data = packet.data;
    if (packet.streamIndex !== stream?.index || !data) return;
    const pts = await this.#timeOf(packet, stream);
    if (this.#over) return;
    if (stream === this.#audio) {
      this.#audioDecoder!.decode(data, {
        pts,
        take: (frame) => listener.sound(this.#samples.read(frame), pts),
      });
    } else if (this.#isPassedThrough) {
      const keyframe = packet.isKeyframe;
      listener.unit(keyframe ? this.#withParameterSets(data) : data, { pts, keyframe });
    } else {
      this.#videoDecoder.decode(data, {
        pts,
        take: (frame, at) => {
          if (at < this.#nextPictureAt) return;
          this.#nextPictureAt = at + LEAST_SPACING * 90_000 / (this.#input.frameRate ?? MAX_RATE);
          if (this.#pixelAspect) frame.sampleAspectRatio = this.#pixelAspect;
          listener.picture(this.#pictures.read(frame), at);
        },
      });
    }
  }

  /** Media time of a packet; for a file, once that time has come. */
  async #timeOf(packet: Packet, { timeBase: { num, den } }: Stream): Promise<number> {
    const now = mediaTime(this.#clock.now());
    if (this.#input.pace === "live") return now;
    const shown = Number(packet.pts) * num / den * 90_000;
    const decoded = Number(packet.dts) * num / den * 90_000;
    const own = Number.isFinite(shown) && packet.pts > -(2n ** 62n) ? shown : decoded;
    this.#origin ??= now - own;
    const wait = (this.#origin + Math.min(own, decoded) - now) / 90;
    if (wait > 1) await sleep(this.#clock, wait);
    return Math.round(this.#origin + own);
  }

  /** Adds the parameter sets to a keyframe: some cameras send them once, and decoders that join need them. */
  #withParameterSets(data: Uint8Array): Uint8Array {
    const { extradata } = this.#video.codecpar;
    const nals = splitNals(data);
    const isWhole = nals.some((nal) => nalType(nal) === NalType.sps);
    return isWhole || !extradata ? data : joinNals([...splitNals(extradata), ...nals]);
  }
}

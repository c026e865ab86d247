/**
 * Decodes one elementary stream by FFmpeg in one thread and without delay. Interlaced pictures come out progressive,
 * one frame later.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Codec, CodecContext, type CodecParameters, FFmpegError, Frame, Packet } from "node-av/lib";
import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MP3,
  AV_CODEC_ID_OPUS,
  type AVCodecID,
} from "node-av/constants";
import type { StreamCodec } from "../mpegts/packet.ts";
import { Deinterlacer, isInterlaced } from "./deinterlacer.ts";
import { silenceFfmpeg } from "../ffmpeg_log.ts";

const IDS: Record<StreamCodec, AVCodecID> = {
  h264: AV_CODEC_ID_H264,
  hevc: AV_CODEC_ID_HEVC,
  aac: AV_CODEC_ID_AAC,
  opus: AV_CODEC_ID_OPUS,
  "mpeg-audio": AV_CODEC_ID_MP3,
};

/** The stream to decode: named by its codec, or opened by FFmpeg. */
export type DecoderInput = StreamCodec | CodecParameters;

/** Decodes one elementary stream, one unit at a time. */
export class Decoder implements Disposable {
  readonly #context: CodecContext;
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #deinterlacer: Deinterlacer | undefined;

  /** @throws {Error} a sentence, when this build of FFmpeg cannot decode it. */
  constructor(input: DecoderInput) {
    this.#context = open(input);
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /**
   * Decodes one unit and hands over its frames, each valid while `take` runs. `pts` counts ticks of 90 kHz. A unit
   * that cannot be decoded yields nothing.
   */
  decode(
    data: Uint8Array,
    { pts, take }: { readonly pts: number; readonly take: (frame: Frame, pts: number) => void },
  ): void {
    this.#packet.data = Buffer.from(data);
    this.#packet.pts = BigInt(Math.round(pts));
    this.#context.sendPacketSync(this.#packet);
    this.#packet.unref();
    while (this.#context.receiveFrameSync(this.#frame) >= 0) {
      const at = Number(this.#frame.bestEffortTimestamp);
      if (isInterlaced(this.#frame)) this.#deinterlacer ??= new Deinterlacer();
      if (this.#deinterlacer) this.#deinterlacer.push(this.#frame, at, take);
      else take(this.#frame, at);
    }
  }

  /** Drops the state of earlier frames, for use after a jump in the stream. */
  flush(): void {
    this.#context.flushBuffers();
    this.#deinterlacer?.[Symbol.dispose]();
    this.#deinterlacer = undefined;
  }

  [Symbol.dispose](): void {
    this.#deinterlacer?.[Symbol.dispose]();
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}

function open(input: DecoderInput): CodecContext {
  const id = typeof input === "string" ? IDS[input] : input.codecId;
  const codec = Codec.findDecoder(id);
  if (!codec) throw new Error(`Cannot decode this stream: FFmpeg has no decoder for codec ${id}`);
  silenceFfmpeg();
  const context = new CodecContext();
  context.allocContext3(codec);
  if (typeof input !== "string") context.parametersToContext(input);
  context.threadCount = 1;
  context.setOption("flags", "low_delay");
  const result = context.open2Sync(codec, null);
  if (result < 0) throw new Error(`Cannot open ${codec.name}: ${FFmpegError.strerror(result)}`);
  return context;
}

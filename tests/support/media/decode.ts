/**
 * Decodes the encoders' output, so that tests can check pictures and samples.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Codec, CodecContext, Frame, Packet } from "node-av";
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_VP8,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FF_DECODER_LIBOPUS,
} from "node-av/constants";
import type { EncodedAudio, EncodedFrame, VideoCodec } from "../../../media/ports.ts";

/** A decoded picture; its data is a copy. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** Signalled as BT.601 in limited range. */
  readonly bt601Limited: boolean;
  /** Colour of a pixel as [red, green, blue], 0 … 255, by BT.601 in limited range. */
  rgb(x: number, y: number): [number, number, number];
}

/**
 * Decodes the frames of one stream.
 *
 * @throws {Error} when FFmpeg has no decoder for the codec.
 */
export class VideoDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  constructor(codec: VideoCodec) {
    const found = Codec.findDecoder(codec === "h264" ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
    this.#context.allocContext3(found);
    this.#context.threadCount = 1;
    this.#context.setOption("flags", "low_delay");
    if (this.#context.open2Sync(found, null) < 0) throw new Error(`Cannot open a ${codec} decoder`);
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** The picture, or `undefined` when the decoder shows none for this frame. */
  decode({ data }: Pick<EncodedFrame, "data">): DecodedPicture | undefined {
    this.#packet.data = Buffer.from(data);
    const sent = this.#context.sendPacketSync(this.#packet);
    this.#packet.unref();
    if (sent < 0) throw new Error(`The decoder refuses a frame of ${data.length} bytes: ${sent}`);
    if (this.#context.receiveFrameSync(this.#frame) < 0) return undefined;
    return snapshot(this.#frame);
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}

/** Decodes Opus to interleaved stereo at 48 kHz. */
export class SoundDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  constructor() {
    const found = Codec.findDecoderByName(FF_DECODER_LIBOPUS);
    this.#context.allocContext3(found);
    this.#context.sampleRate = 48_000;
    this.#context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    if (this.#context.open2Sync(found, null) < 0) throw new Error("Cannot open an Opus decoder");
    this.#packet.alloc();
    this.#frame.alloc();
  }

  decode({ data }: Pick<EncodedAudio, "data">): Int16Array {
    this.#packet.data = Buffer.from(data);
    const sent = this.#context.sendPacketSync(this.#packet);
    this.#packet.unref();
    if (sent < 0 || this.#context.receiveFrameSync(this.#frame) < 0) {
      throw new Error(`The decoder refuses a packet of ${data.length} bytes`);
    }
    const bytes = new Uint8Array(this.#frame.data![0]!);
    return new Int16Array(bytes.buffer, 0, 2 * this.#frame.nbSamples);
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}

function snapshot(frame: Frame): DecodedPicture {
  const [luma, cb, cr] = frame.data!.map((plane) => new Uint8Array(plane));
  const strides = frame.linesize;
  return {
    width: frame.width,
    height: frame.height,
    bt601Limited: frame.colorRange === AVCOL_RANGE_MPEG &&
      frame.colorSpace === AVCOL_SPC_SMPTE170M,
    rgb(x, y) {
      const chroma = (y >> 1) * strides[1]! + (x >> 1);
      const l = 1.164 * (luma![y * strides[0]! + x]! - 16);
      const b = cb![chroma]! - 128;
      const r = cr![chroma]! - 128;
      return [l + 1.596 * r, l - 0.392 * b - 0.813 * r, l + 2.017 * b].map(clamp) as [
        number,
        number,
        number,
      ];
    },
  };
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/**
 * A YUV picture → a small JPEG for lists, on threads of FFmpeg's own.
 *
 * @module
 */
import {
  Codec,
  CodecContext,
  type Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
} from "node-av/lib";
import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  type AVPixelFormat,
  FF_QP2LAMBDA,
  type FFEncoderCodec,
  SWS_BICUBIC,
} from "node-av/constants";
import { silenceFfmpeg } from "../ffmpeg_log.ts";
import { allocate } from "./frames.ts";

/** The largest small picture, in pixels. */
export const MOST = { width: 400, height: 300 };
/** Least length of a side, in pixels. */
const LEAST_SIDE = 16;
/** Quantizers to try, the finest first, until a picture has few enough bytes: FFmpeg's 1 (best) to 31. */
const QUANTIZERS = [4, 8, 16, 31];

/**
 * The size of a small picture, in pixels, with even sides: as large as fits. `aspect`: width ÷ height on the display.
 */
export function smallSize(aspect: number): { readonly width: number; readonly height: number } {
  const shape = Number.isFinite(aspect) && aspect > 0 ? aspect : MOST.width / MOST.height;
  const width = Math.min(MOST.width, MOST.height * shape);
  const even = (side: number) => Math.max(LEAST_SIDE, 2 * Math.round(side / 2));
  return { width: even(width), height: even(width / shape) };
}

/**
 * Resolves with the frame as a JPEG of at most `maxBytes`; with `undefined` when it does not become that small. The
 * frame must stay as it is until then. Rejects with an error when FFmpeg cannot scale or compress it.
 */
export async function smallJpeg(
  frame: Frame,
  { aspect, maxBytes }: { readonly aspect: number; readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  silenceFfmpeg();
  using small = await scaled(frame, smallSize(aspect));
  for (const quantizer of QUANTIZERS) {
    const bytes = await compressed(small, quantizer);
    if (bytes.length <= maxBytes) return bytes;
  }
  return undefined;
}

/**
 * Resolves with the frame as a JPEG of this size, whose sides are even. The frame must stay as it is until then. Rejects
 * with an error when FFmpeg cannot scale or compress it. `quantizer`: 1 (best) to 31.
 */
export async function jpeg(
  frame: Frame,
  size: { readonly width: number; readonly height: number },
  quantizer: number,
): Promise<Uint8Array<ArrayBuffer>> {
  silenceFfmpeg();
  using picture = await scaled(frame, size);
  return await compressed(picture, quantizer);
}

async function scaled(from: Frame, size: { width: number; height: number }): Promise<Frame> {
  const target = allocate({ ...size, format: AV_PIX_FMT_YUVJ420P });
  const scaler = new SoftwareScaleContext();
  scaler.getContext(
    from.width,
    from.height,
    from.format as AVPixelFormat,
    size.width,
    size.height,
    AV_PIX_FMT_YUVJ420P,
    SWS_BICUBIC,
  );
  try {
    check(await scaler.scaleFrame(target, from), "scale");
    return target;
  } catch (error) {
    target.free();
    throw error;
  } finally {
    scaler.freeContext();
  }
}

async function compressed(frame: Frame, quantizer: number): Promise<Uint8Array<ArrayBuffer>> {
  const codec = Codec.findEncoderByName("mjpeg" as FFEncoderCodec);
  if (!codec) throw new Error("Cannot compress a picture: this build of FFmpeg has no mjpeg");
  const context = new CodecContext();
  const packet = new Packet();
  try {
    context.allocContext3(codec);
    context.width = frame.width;
    context.height = frame.height;
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.colorRange = AVCOL_RANGE_JPEG;
    context.timeBase = new Rational(1, 1);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = quantizer * FF_QP2LAMBDA;
    check(await context.open2(codec, null), "compress");
    frame.quality = quantizer * FF_QP2LAMBDA;
    frame.pts = 0n;
    check(await context.sendFrame(frame), "compress");
    packet.alloc();
    check(await context.receivePacket(packet), "compress");
    return new Uint8Array(packet.data ?? []);
  } finally {
    packet.free();
    context.freeContext();
  }
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`Cannot ${what} a small picture: FFmpeg answered ${result}`);
}

/**
 * H.264 access units of several kinds, made by x264, as in a transport stream.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Codec, CodecContext, Frame, Log, Packet, Rational } from "node-av";
import {
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
  AV_LOG_ERROR,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { joinNals, NalType, nalType, splitNals } from "../../../media/annexb.ts";
import type { Unit } from "../../../media/mpegts/demuxer.ts";

/** The kind of H.264 stream to make. */
export interface UnitOptions {
  readonly profile: "baseline" | "main" | "high";
  readonly bFrames?: number;
  /** Pictures from keyframe to keyframe. */
  readonly gop?: number;
  readonly count?: number;
  /** In pixels; 160 × 96 when absent. */
  readonly size?: readonly [number, number];
  /** Two fields of different moments in each picture: an upright bar moves on from one to the next. */
  readonly interlaced?: boolean;
  /** Width of a pixel : its height. */
  readonly pixelAspect?: readonly [number, number];
  /** Quarter turns counter-clockwise that make the picture upright, in an SEI with each keyframe. */
  readonly rotation?: 0 | 1 | 2 | 3;
}

const WIDTH = 160;
const HEIGHT = 96;

/** Units of a moving picture, 30 a second, in the order they are sent. */
export function encodeUnits(
  {
    profile,
    bFrames = 0,
    gop = 10,
    count = 20,
    size: [width, height] = [WIDTH, HEIGHT],
    interlaced,
    pixelAspect,
    rotation,
  }: UnitOptions,
): Unit[] {
  Log.setLevel(AV_LOG_ERROR);
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, 30);
  context.framerate = new Rational(30, 1);
  context.gopSize = gop;
  context.maxBFrames = bFrames;
  context.threadCount = 1;
  if (pixelAspect) context.sampleAspectRatio = new Rational(...pixelAspect);
  if (interlaced) context.setOption("flags", "+ildct+ilme");
  context.setOption("profile", profile);
  context.setOption("preset", "veryfast");
  context.setOption("x264-params", `scenecut=0:b-adapt=0:bframes=${bFrames}`);
  if (context.open2Sync(codec, null) < 0) throw new Error("Cannot open x264 for a test");
  const units: Unit[] = [];
  const packet = new Packet();
  packet.alloc();
  const take = () => {
    while (context.receivePacketSync(packet) >= 0) {
      const pts = Number(packet.pts) * 3_000 + 90_000;
      const dts = Number(packet.dts) * 3_000 + 90_000;
      const bare = new Uint8Array(packet.data!);
      const data = rotation && packet.isKeyframe ? withRotation(bare, rotation) : bare;
      units.push({ codec: "h264", data, pts, dts: dts === pts ? undefined : dts });
      packet.unref();
    }
  };
  for (let at = 0; at < count; at++) {
    const pixels = Buffer.alloc(width * height * 3 / 2, 128);
    if (interlaced) drawFields(pixels, at);
    else pixels.fill(220, at * width, (at + 20) * width);
    const size = { width, height, format: AV_PIX_FMT_YUV420P } as const;
    const frame = Frame.fromVideoBuffer(pixels, { ...size, pts: BigInt(at) });
    if (interlaced) frame.flags |= AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST;
    context.sendFrameSync(frame);
    frame.free();
    take();
  }
  context.sendFrameSync(null);
  take();
  context.freeContext();
  packet.free();
  return units;
}

/** A bar that moves 4 pixels to the right from field to field. */
function drawFields(pixels: Buffer, at: number): void {
  for (let y = 0; y < HEIGHT; y++) {
    const left = y * WIDTH + 20 + (at * 2 + y % 2) * 4;
    pixels.fill(220, left, left + 20);
  }
}

/** Puts a display orientation SEI (ITU-T H.264 §D.1.27) before the first slice. */
function withRotation(data: Uint8Array, turns: number): Uint8Array<ArrayBuffer> {
  // cancel 0, flips 0 0, anticlockwise_rotation in 16 bits, repetition period 1 (010), no extension.
  const bits = ((turns * 2 ** 14) << 5 | 0b010_0_1) >>> 0;
  const payload = [bits >> 16, (bits >> 8) & 255, bits & 255];
  const sei = Uint8Array.of(NalType.sei, 47, 3, ...payload, 0x80);
  const nals = splitNals(data);
  const slice = nals.findIndex((nal) => nalType(nal) === NalType.idr);
  return joinNals(nals.toSpliced(slice, 0, sei));
}

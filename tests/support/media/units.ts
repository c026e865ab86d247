/**
 * H.264 access units of several kinds, made by x264 itself, as a transport stream brings them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Codec, CodecContext, Frame, Log, Packet, Rational } from "node-av";
import { AV_LOG_ERROR, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from "node-av/constants";
import type { Unit } from "../../../media/mpegts/demuxer.ts";

export interface UnitOptions {
  readonly profile: "baseline" | "main" | "high";
  readonly bFrames?: number;
  /** Pictures from keyframe to keyframe. */
  readonly gop?: number;
  readonly count?: number;
}

const WIDTH = 160;
const HEIGHT = 96;

/** Units of a moving picture, 30 a second, in the order they are sent. */
export function encodeUnits(
  { profile, bFrames = 0, gop = 10, count = 20 }: UnitOptions,
): Unit[] {
  Log.setLevel(AV_LOG_ERROR);
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = WIDTH;
  context.height = HEIGHT;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, 30);
  context.framerate = new Rational(30, 1);
  context.gopSize = gop;
  context.maxBFrames = bFrames;
  context.threadCount = 1;
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
      const data = new Uint8Array(packet.data!);
      units.push({ codec: "h264", data, pts, dts: dts === pts ? undefined : dts });
      packet.unref();
    }
  };
  for (let at = 0; at < count; at++) {
    const pixels = Buffer.alloc(WIDTH * HEIGHT * 3 / 2, 128);
    pixels.fill(220, at * WIDTH, (at + 20) * WIDTH);
    const size = { width: WIDTH, height: HEIGHT, format: AV_PIX_FMT_YUV420P } as const;
    const frame = Frame.fromVideoBuffer(pixels, { ...size, pts: BigInt(at) });
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

/**
 * Measures the time to convert, encode and packetize a picture of a game-like moving scene at 60 pictures a second, in
 * one thread of this process, as in a room's source thread.
 *
 * @module
 */
import process from "node:process";
import { bitrateLimits } from "../../../worker/sending/rate/limits.ts";
import { h264Payloads } from "../../../worker/sending/h264_payloads.ts";
import type { VideoCodec } from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { vp8Payloads } from "../../../worker/sending/vp8_payloads.ts";
import { movingPicture } from "../../support/media/pictures.ts";
import { percentile, round } from "../figures.ts";

const SIZES = [[256, 240], [640, 480], [1280, 720]] as const;
const FRAME_RATE = 60;
/** As rooms do by default: small pictures are enlarged. */
const MIN_HEIGHT = 480;
/** Number of different pictures, drawn before the measurement. */
const SCENE = 60;
const WARM_UP = 60;
const FRAMES = 600;

/** Runs the benchmark and returns the cost of each picture size. */
export async function encode(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  console.log(
    "encode       size       ms p50   p99    CPU at 60/s  Mbit/s  packets/frame  keyframe/frame",
  );
  for (const codec of ["h264", "vp8"] as const) {
    const prefix = codec === "h264" ? "" : `${codec}_`;
    for (const [width, height] of SIZES) {
      const { p50, cpuPercent } = await measure({ codec, width, height });
      figures[`${prefix}ms_p50_${width}x${height}`] = p50;
      figures[`${prefix}cpu_percent_${width}x${height}`] = cpuPercent;
    }
  }
  return figures;
}

async function measure(
  { codec, width, height }: { codec: VideoCodec; width: number; height: number },
): Promise<{ p50: number; cpuPercent: number }> {
  const scene = Array.from(
    { length: SCENE },
    (_, frame) => movingPicture({ width, height, frame }),
  );
  const { initial } = bitrateLimits({ height, frameRate: FRAME_RATE });
  using encoder = createVideoEncoder({
    codec,
    frameRate: FRAME_RATE,
    bitrate: initial,
    targetHeight: MIN_HEIGHT,
  });
  const packetize = codec === "h264" ? h264Payloads : vp8Payloads;
  const times: number[] = [];
  let bytes = 0;
  let packets = 0;
  let keyframe = 0;
  let cpu = process.cpuUsage();
  for (let n = 0; n < WARM_UP + FRAMES; n++) {
    if (n === WARM_UP) cpu = process.cpuUsage();
    const began = performance.now();
    const options = { keyframe: n === WARM_UP + FRAMES / 2, timestamp: n * 1500 };
    const frame = encoder.encode(scene[n % SCENE]!, options);
    const payloads = frame ? packetize(frame.data) : [];
    if (n < WARM_UP) continue;
    times.push(performance.now() - began);
    bytes += frame?.data.length ?? 0;
    packets += payloads.length;
    if (frame?.keyframe) keyframe = frame.data.length;
    // Other programs share the machine. Pauses spread the measurement, so a burst of theirs affects only part of it.
    if (n % 60 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  const p50 = round(percentile(times, 0.5));
  const cpuPercent = round(100 * cpuMs / (FRAMES / FRAME_RATE * 1000));
  const columns = [
    codec.padEnd(12),
    `${width}x${height}`.padEnd(9),
    `${p50}`.padStart(7),
    `${round(percentile(times, 0.99))}`.padStart(7),
    `${cpuPercent} %`.padStart(12),
    `${round(bytes * 8 / (FRAMES / FRAME_RATE) / 1e6)}`.padStart(7),
    `${round(packets / FRAMES)}`.padStart(7),
    `${round(keyframe * FRAMES / bytes)}`.padStart(15),
  ];
  console.log(columns.join(" "));
  return { p50, cpuPercent };
}

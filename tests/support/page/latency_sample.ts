/**
 * What a page measures in one second, and what a worker tells of its stages, for tests of the latency figures.
 *
 * @module
 */
import type { Sample } from "../../../web/play/media/stats.ts";

/** A worker's stages, in milliseconds, and its pictures a second. */
export const WORKER = {
  capture_ms: 2,
  convert_ms: 0.5,
  encode_ms: 1,
  sent_ms: 3,
  frame_rate: 60,
} as const;

/** One second of a healthy connection, without its latency. */
export const SAMPLE: Omit<Sample, "latency"> = {
  rtt: 18,
  frameRate: 60,
  bitrate: 3e6,
  loss: 0.01,
  jitterBuffer: 1,
  soundDelay: undefined,
  soundJitter: undefined,
  decode: 0.5,
  freezes: 0,
  frozen: 0,
  codec: "H264",
  width: 640,
  height: 480,
  path: undefined,
};

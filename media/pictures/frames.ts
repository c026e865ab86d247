/**
 * Native frames of FFmpeg.
 *
 * @module
 */
import { Frame } from "node-av/lib";
import type { AVPixelFormat } from "node-av/constants";

/**
 * A native frame.
 *
 * @throws {Error} when FFmpeg has no memory for it.
 */
export function allocate(
  { width, height, format }: { width: number; height: number; format: AVPixelFormat },
): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  const result = frame.getBuffer(0);
  if (result < 0) {
    throw new Error(`Cannot allocate a ${width}x${height} frame: FFmpeg answered ${result}`);
  }
  return frame;
}

/**
 * VP8 by libvpx, for browsers that have no H.264. It costs more than H.264 does, and an open encoder keeps
 * its bitrate, so a change means a new encoder and a keyframe.
 *
 * @module
 */
import { FF_ENCODER_LIBVPX_VP8 } from "node-av/constants";
import { type FfmpegCodec, FfmpegEncoder } from "./ffmpeg_encoder.ts";
import type { CreateVideoEncoder } from "./ports.ts";

/** Share by which a bitrate must change before it is worth a keyframe. */
const WORTH_REOPENING = 0.2;

const VP8: FfmpegCodec = {
  codec: "vp8",
  name: FF_ENCODER_LIBVPX_VP8,
  options: ({ width, height }) => ({
    deadline: "realtime",
    // A higher value takes less time and holds the bitrate less exactly.
    "cpu-used": width * height <= 640 * 480 ? "12" : "16",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
    "error-resilient": "0",
    // In percent of a frame: a keyframe of any picture takes at most the bits of six frames.
    "max-intra-rate": "600",
    "static-thresh": "1",
  }),
  bufferFrames: 6,
  retunable: false,
  reopens: ({ from, to, frames, frameRate }) =>
    Math.abs(to - from) >= WORTH_REOPENING * from && frames >= frameRate,
  trim: (data) => new Uint8Array(data),
};

/** A bitrate that changes by less than 20 %, or within a second of the last change, waits. */
export const createVp8Encoder: CreateVideoEncoder = (options) => new FfmpegEncoder(VP8, options);

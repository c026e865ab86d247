/**
 * H.264 by an encoder of the graphics card, set up to return each picture without delay, as x264 is: no B-frames, one
 * picture at a time, constant bitrate with a short buffer, keyframes on request.
 *
 * None has another bitrate without a keyframe: NVENC's makes an IDR at each change (libavcodec/nvenc.c,
 * `reconfig_encoder`), and the others read it when they are opened. So small changes are left out, and a keyframe comes twice a
 * second at most.
 *
 * @module
 */
import {
  FF_ENCODER_H264_NVENC,
  FF_ENCODER_H264_RKMPP,
  FF_ENCODER_H264_V4L2M2M,
  FF_ENCODER_H264_VAAPI,
} from "node-av/constants";
import { withoutOptional } from "../annexb.ts";
import { type FfmpegCodec, FfmpegEncoder } from "../ffmpeg_encoder.ts";
import type { CreateVideoEncoder, Hardware } from "../ports.ts";
import { openVaapiUpload } from "./vaapi_upload.ts";

/** A new bitrate below or above these shares of the old one takes a new encoder. */
const WORTH_REOPENING = { below: 0.9, above: 1.25 } as const;
/** Least time between two new encoders for a bitrate, in seconds. */
const REOPENING_PAUSE = 0.5;

/** Whether a new bitrate is worth a keyframe; see {@linkcode FfmpegCodec.reopens}. */
export const isWorthReopening: FfmpegCodec["reopens"] = ({ from, to, frames, frameRate }) =>
  (to < WORTH_REOPENING.below * from || to > WORTH_REOPENING.above * from) &&
  frames >= REOPENING_PAUSE * frameRate;

const COMMON = {
  codec: "h264",
  bufferFrames: 6,
  retuned: "never",
  reopens: isWorthReopening,
  trim: withoutOptional,
} as const satisfies Partial<FfmpegCodec>;

const CODECS: Readonly<Record<Hardware, FfmpegCodec>> = {
  vaapi: {
    ...COMMON,
    name: FF_ENCODER_H264_VAAPI,
    options: () => ({
      profile: "constrained_baseline",
      rc_mode: "CBR",
      async_depth: "1",
      sei: "0",
      aud: "0",
    }),
    openUpload: openVaapiUpload,
  },
  nvenc: {
    ...COMMON,
    name: FF_ENCODER_H264_NVENC,
    options: () => ({
      preset: "p2",
      tune: "ull",
      profile: "baseline",
      rc: "cbr",
      zerolatency: "1",
      delay: "0",
      "forced-idr": "1",
      aud: "0",
    }),
  },
  v4l2m2m: {
    ...COMMON,
    name: FF_ENCODER_H264_V4L2M2M,
    // Constrained baseline, by its number: this encoder has no names of its own.
    options: () => ({ profile: "578" }),
  },
  rkmpp: {
    ...COMMON,
    name: FF_ENCODER_H264_RKMPP,
    // Without this flag it returns pictures four later.
    options: () => ({ profile: "baseline", rc_mode: "CBR", coder: "cavlc", flags: "+low_delay" }),
  },
};

/**
 * Makes encoders by `hardware`. SPS and PPS come in-band with every keyframe. What the device refuses is thrown by the
 * first `encode`, as a sentence.
 */
export function createHardwareEncoder(hardware: Hardware): CreateVideoEncoder {
  return (options) => new FfmpegEncoder(CODECS[hardware], options);
}

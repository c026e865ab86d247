/**
 * VP8 by libvpx, for browsers that have no H.264. It costs up to two thirds more than H.264 does.
 *
 * libvpx reads its bitrate when it is opened. It gives each picture the bits of the time that the picture is said to
 * last, so an open encoder follows a new bitrate by longer or shorter durations
 * (docs/decisions/0143-vp8-follows-a-bitrate-by-durations.md).
 *
 * @module
 */
import { FF_ENCODER_LIBVPX_VP8 } from "node-av/constants";
import { type FfmpegCodec, FfmpegEncoder } from "./ffmpeg_encoder.ts";
import type { PictureConverter } from "./pictures/convert.ts";
import type { VideoEncoder, VideoEncoderOptions } from "./ports.ts";

/**
 * Factor between two bitrates from which on a new encoder is better: libvpx measures its buffer by the bitrate that it
 * was opened with, and takes seconds to settle. Measured at 512x480: within a factor of three the new bitrate holds
 * from the next second on; after a change to a tenth it is exceeded by 30 % for a second.
 */
const WORTH_REOPENING = 4;

const VP8: FfmpegCodec = {
  codec: "vp8",
  name: FF_ENCODER_LIBVPX_VP8,
  options: ({ width, height }) => ({
    deadline: "realtime",
    // Negative: the speed is this, whatever time there is. A positive value lets libvpx measure the time that pictures
    // take, and on a busy machine it then looks for no motion at all: 5 to 9 dB worse, and no less time.
    "cpu-used": width * height <= 640 * 480 ? "-10" : "-12",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
    "error-resilient": "0",
    // In percent of a frame: a keyframe of any picture takes at most the bits of six frames.
    "max-intra-rate": "600",
    "static-thresh": "1",
  }),
  bufferFrames: 6,
  retuned: "durations",
  reopens: ({ from, to, frames, frameRate }) =>
    Math.max(from / to, to / from) > WORTH_REOPENING && frames >= frameRate,
  trim: (data) => new Uint8Array(data),
};

/** A bitrate that changes by more than a factor of four takes a new encoder and a keyframe, once a second at most. */
export function createVp8Encoder(
  options: VideoEncoderOptions,
  converter?: PictureConverter,
): VideoEncoder {
  return new FfmpegEncoder(VP8, options, converter);
}

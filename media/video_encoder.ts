/**
 * The video encoder for a codec.
 *
 * @module
 */
import type { CreateVideoEncoder } from "./ports.ts";
import { createVp8Encoder } from "./vp8_encoder.ts";
import { createX264Encoder } from "./x264_encoder.ts";

/**
 * Makes the encoder of `options.codec`.
 *
 * @throws {RangeError} when the picture rate or the bitrate is out of range.
 */
export const createVideoEncoder: CreateVideoEncoder = (options) =>
  options.codec === "h264" ? createX264Encoder(options) : createVp8Encoder(options);

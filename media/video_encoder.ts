/**
 * The video encoder for a codec.
 *
 * @module
 */
import { HardwareFirst } from "./hardware/hardware_first.ts";
import { createHardwareEncoder } from "./hardware/hardware_encoder.ts";
import type { CreateVideoEncoder, Hardware } from "./ports.ts";
import { createVp8Encoder } from "./vp8_encoder.ts";
import { createX264Encoder } from "./x264_encoder.ts";

/**
 * Makes the encoder of `options.codec`, by software.
 *
 * @throws {RangeError} when the picture rate or the bitrate is out of range.
 */
export const createVideoEncoder: CreateVideoEncoder = (options) =>
  options.codec === "h264" ? createX264Encoder(options) : createVp8Encoder(options);

/**
 * Makes encoders of H.264 by hardware where `hardware` names one, and all others by software. `failed` gets the reason,
 * a sentence, each time that software goes on because hardware failed.
 */
export function videoEncoders(
  { hardware, failed }: {
    readonly hardware: Hardware | undefined;
    readonly failed: (why: string) => void;
  },
): CreateVideoEncoder {
  if (hardware === undefined) return createVideoEncoder;
  return (options) =>
    options.codec === "h264"
      ? new HardwareFirst(options, {
        hardware: createHardwareEncoder(hardware),
        software: createVideoEncoder,
        failed,
      })
      : createVideoEncoder(options);
}

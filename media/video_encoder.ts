/**
 * The video encoder for a codec.
 *
 * @module
 */
import { HardwareFirst } from "./hardware/hardware_first.ts";
import { createHardwareEncoder } from "./hardware/hardware_encoder.ts";
import type { PictureConverter } from "./pictures/convert.ts";
import { SharedConverter } from "./pictures/shared_converter.ts";
import type { CreateVideoEncoder, Hardware, VideoEncoder, VideoEncoderOptions } from "./ports.ts";
import { createVp8Encoder } from "./vp8_encoder.ts";
import { createX264Encoder } from "./x264_encoder.ts";

/**
 * Makes the encoder of `options.codec`, by software.
 *
 * @throws {RangeError} when the picture rate or the bitrate is out of range.
 */
export const createVideoEncoder: CreateVideoEncoder = (options) => create(options);

/** The encoders of one source, which convert each picture once. Dispose it after its encoders. */
export interface SourceEncoders extends Disposable {
  /** As {@linkcode createVideoEncoder}. */
  readonly createVideoEncoder: CreateVideoEncoder;
  /** To be called before each picture is passed to the encoders. */
  readonly nextPicture: () => void;
}

/**
 * Makes the encoders of one source: of H.264 by hardware where `hardware` names one, and all others by software.
 * `failed` gets the reason, a sentence, each time that software goes on because hardware failed. `targetHeight`: that
 * of all its encoders.
 */
export function openSourceEncoders(
  { targetHeight, hardware, failed = () => {} }: {
    readonly targetHeight: number;
    readonly hardware?: Hardware | undefined;
    readonly failed?: (why: string) => void;
  },
): SourceEncoders {
  const shared = new SharedConverter({ targetHeight });
  const software: CreateVideoEncoder = (options) => create(options, shared.open());
  return {
    createVideoEncoder: (options) =>
      hardware !== undefined && options.codec === "h264"
        ? new HardwareFirst(options, {
          hardware: createHardwareEncoder(hardware),
          software,
          failed,
        })
        : software(options),
    nextPicture: () => shared.next(),
    [Symbol.dispose]: () => shared[Symbol.dispose](),
  };
}

function create(options: VideoEncoderOptions, converter?: PictureConverter): VideoEncoder {
  return options.codec === "h264"
    ? createX264Encoder(options, converter)
    : createVp8Encoder(options, converter);
}

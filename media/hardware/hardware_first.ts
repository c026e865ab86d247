/**
 * Encodes by hardware, and from the first picture on that hardware cannot encode by software: because the device is gone,
 * because it takes no picture of this size, or because it has no encoder left.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import type {
  CreateVideoEncoder,
  EncodedFrame,
  EncodePictureOptions,
  Picture,
  Reduction,
  VideoCodec,
  VideoEncoder,
  VideoEncoderOptions,
} from "../ports.ts";

/** The two makers, and who gets the reason when hardware fails. */
export interface HardwareFirstPorts {
  readonly hardware: CreateVideoEncoder;
  readonly software: CreateVideoEncoder;
  /** Gets a sentence. */
  readonly failed: (why: string) => void;
}

/** A video encoder that changes from hardware to software once; the picture at which it does is a keyframe. */
export class HardwareFirst implements VideoEncoder {
  readonly #ports: HardwareFirstPorts;
  #options: VideoEncoderOptions;
  #divisor: Reduction["divisor"] = 1;
  #encoder: VideoEncoder;
  #by: "hardware" | "software" = "hardware";

  constructor(options: VideoEncoderOptions, ports: HardwareFirstPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#encoder = ports.hardware(options);
  }

  get codec(): VideoCodec {
    return this.#encoder.codec;
  }

  get width(): number {
    return this.#encoder.width;
  }

  get height(): number {
    return this.#encoder.height;
  }

  encode(picture: Picture, options: EncodePictureOptions): EncodedFrame | undefined {
    if (this.#by === "software") return this.#encoder.encode(picture, options);
    try {
      return this.#encoder.encode(picture, options);
    } catch (error) {
      // What cannot be a picture is no fault of the hardware.
      if (error instanceof RangeError) throw error;
      this.#change(error);
      return this.#encoder.encode(picture, options);
    }
  }

  setBitrate(bitrate: number, every?: number): void {
    this.#encoder.setBitrate(bitrate, every);
    this.#options = { ...this.#options, bitrate };
  }

  setDivisor(divisor: Reduction["divisor"]): void {
    this.#divisor = divisor;
    this.#encoder.setDivisor(divisor);
  }

  [Symbol.dispose](): void {
    this.#encoder[Symbol.dispose]();
  }

  #change(error: unknown): void {
    this.#encoder[Symbol.dispose]();
    this.#encoder = this.#ports.software(this.#options);
    this.#encoder.setDivisor(this.#divisor);
    this.#by = "software";
    this.#ports.failed(`${errorText(error)}. H.264 is encoded by software from here on`);
  }
}

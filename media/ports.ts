/**
 * The interfaces of the media path: raw pictures and sound in, encoded frames out.
 *
 * @module
 */

import type { PictureOrigin } from "../protocol/picture/origin.ts";

/** Pixel layouts that sources deliver, little-endian: names as libretro's. */
export type PixelFormat = "xrgb8888" | "rgb565" | "0rgb1555" | "yuv420p";

/** How often a picture must be turned by 90° counter-clockwise to be upright: libretro's SET_ROTATION. */
export type QuarterTurns = 0 | 1 | 2 | 3;

/** One raw picture. `data` is only valid until the source makes the next one. */
export interface Picture {
  readonly data: Uint8Array;
  readonly format: PixelFormat;
  /** In pixels, as `data` holds them: before any turn. */
  readonly width: number;
  readonly height: number;
  /** None when absent. */
  readonly rotation?: QuarterTurns;
  /** Bytes from one row to the next; the last row may be short. `yuv420p`: of Y; a chroma row has half, rounded up. */
  readonly stride: number;
}

/** The video codecs that rooms send. */
export type VideoCodec = "h264" | "vp8";

/**
 * The hardware encoders of H.264: by VA-API (Intel, AMD), NVENC (NVIDIA), and those of small boards: V4L2 M2M (Raspberry
 * Pi and others) and MPP (Rockchip).
 */
export type Hardware = "vaapi" | "nvenc" | "v4l2m2m" | "rkmpp";

/** One compressed picture. */
export interface EncodedFrame {
  readonly codec: VideoCodec;
  /** H.264: an Annex B access unit; VP8: one frame. The caller owns the bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Decodable alone (IDR). */
  readonly keyframe: boolean;
  /** RTP timestamp at 90 kHz, modulo 2³². */
  readonly timestamp: number;
}

/** A compressed picture and the moment of the raw one. */
export interface CapturedFrame extends EncodedFrame {
  /**
   * When the source delivered the picture, in milliseconds since 1970 with fractions (`preciseEpoch`); of a field
   * stream, when its device captured it, where that is known.
   */
  readonly capturedAt: number;
  /** How a field stream's picture came; absent: it was made here. */
  readonly origin?: PictureOrigin | undefined;
}

/**
 * Longest RTP payload that is sent, in bytes: with RTP, SRTP, UDP and IP around it, it fits IPv6's least MTU
 * (1,280).
 */
export const MAX_PAYLOAD = 1150;

/** Which share of a source's pictures is encoded, and how large: for links that carry less than whole pictures need. */
export interface Reduction {
  /** Every how many pictures one is encoded: 1 to 255. */
  readonly every: number;
  /** By how much width and height are divided. */
  readonly divisor: 1 | 2 | 4;
}

/** How one picture is compressed. */
export interface EncodePictureOptions {
  readonly keyframe: boolean;
  /** RTP timestamp at 90 kHz. */
  readonly timestamp: number;
  /** Called between the conversion of the picture and its compression, so that both can be timed. */
  readonly converted?: () => void;
}

/** Compresses a sequence of pictures of any size; a change of size makes a keyframe. */
export interface VideoEncoder extends Disposable {
  readonly codec: VideoCodec;
  /** Size of the pictures it makes, in pixels; zero before the first. */
  readonly width: number;
  readonly height: number;
  /** `undefined` when the encoder dropped the picture to hold its bitrate. */
  encode(
    picture: Picture,
    options: EncodePictureOptions,
  ): EncodedFrame | undefined;
  /**
   * Bits per second, from the next picture on. `every`: every how many pictures of the nominal rate one is passed; the
   * bitrate is that of a full rate, and a keyframe is bounded by as much time as if all were passed.
   */
  setBitrate(bitrate: number, every?: number): void;
  /** Divides width and height, from the next picture on; a change makes a keyframe. */
  setDivisor(divisor: Reduction["divisor"]): void;
}

/** How an encoder is made. */
export interface VideoEncoderOptions {
  readonly codec: VideoCodec;
  /** Pictures a second. */
  readonly frameRate: number;
  /** Bits per second. */
  readonly bitrate: number;
  /** Small pictures are enlarged by the whole factor that brings their height nearest to this, in pixels. */
  readonly targetHeight: number;
}
/**
 * Makes a video encoder.
 *
 * @throws {RangeError} when the picture rate or the bitrate is out of range.
 */
export type CreateVideoEncoder = (options: VideoEncoderOptions) => VideoEncoder;

/** 10 ms of Opus at 48 kHz stereo. */
export interface EncodedAudio {
  readonly data: Uint8Array<ArrayBuffer>;
  /** RTP timestamp at 48 kHz, modulo 2³². */
  readonly timestamp: number;
}

/** Resamples to 48 kHz and compresses sound into 10 ms packets. */
export interface AudioEncoder extends Disposable {
  /** `pcm`: interleaved stereo, signed 16 bit, at the source's rate. Returns the packets that became full. */
  encode(pcm: Int16Array): EncodedAudio[];
}

/** How an audio encoder is made. */
export interface AudioEncoderOptions {
  /** Source's samples a second; any rate, also a fractional one such as 32040.5. */
  readonly sampleRate: number;
  /** Bits per second. */
  readonly bitrate: number;
  /**
   * Share of packets that are expected to be lost, in percent; each packet then repeats the one before it in few bits
   * (in-band FEC, RFC 6716 §2.1.7). None when absent or 0, which has the least delay and the best sound.
   */
  readonly loss?: number;
}
/**
 * Makes an audio encoder.
 *
 * @throws {RangeError} when the sample rate or the bitrate is out of range.
 */
export type CreateAudioEncoder = (options: AudioEncoderOptions) => AudioEncoder;

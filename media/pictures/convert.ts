/**
 * Any source's picture → planar YUV 4:2:0 in BT.601 limited range, upright, enlarged by a whole number or reduced, and
 * with even sides, as both video encoders need it.
 *
 * @module
 */
import { type Frame, SoftwareScaleContext } from "node-av/lib";
import { AV_PIX_FMT_BGR0, AV_PIX_FMT_YUV420P, SWS_AREA, SWS_POINT } from "node-av/constants";
import { allocate } from "./frames.ts";
import { half, MAX_SIDE, type Plane, planesOf } from "./planes.ts";
import type { Picture, PixelFormat, Reduction } from "../ports.ts";
import { expandRow, PALETTES } from "./rgb16.ts";
import { RgbStage } from "./rgb_stage.ts";
import { Turner } from "./turner.ts";

/**
 * The size a picture is encoded at, in pixels: enlarged by the whole factor that brings its height nearest to
 * `targetHeight`, then divided by `divisor`, sides rounded up to even. Of two factors that are as near the larger one
 * counts.
 */
export function encodedSize(
  { width, height }: { readonly width: number; readonly height: number },
  targetHeight: number,
  divisor: Reduction["divisor"] = 1,
): { readonly width: number; readonly height: number } {
  const wanted = Math.max(1, Math.round(targetHeight / height));
  const possible = Math.max(1, Math.floor(MAX_SIDE / Math.max(width, height)));
  const factor = Math.min(wanted, possible);
  const reduced = (side: number) => 2 * half(Math.ceil(side * factor / divisor));
  return { width: reduced(width), height: reduced(height) };
}

/** Converts the pictures of one encoder. */
export interface PictureConverter extends Disposable {
  /** By how much width and height are divided, from the next picture on. */
  set divisor(divisor: Reduction["divisor"]);
  /**
   * The picture as a YUV frame, valid until the next call.
   *
   * @throws {RangeError} as {@linkcode planesOf}.
   */
  convert(picture: Picture): Frame;
}

/** Converts pictures one after another; size, format and rotation may change between two pictures. */
export class Converter implements PictureConverter {
  readonly #turner = new Turner();
  #stage: RgbStage | Stage | undefined;
  readonly #targetHeight: number;
  #divisor: Reduction["divisor"] = 1;

  /** `targetHeight`: as for {@linkcode encodedSize}. */
  constructor({ targetHeight }: { readonly targetHeight: number }) {
    this.#targetHeight = targetHeight;
  }

  set divisor(divisor: Reduction["divisor"]) {
    if (divisor === this.#divisor) return;
    this.#divisor = divisor;
    this.#closeStage();
  }

  convert(lying: Picture): Frame {
    const picture = this.#turner.turn(lying);
    const planes = planesOf(picture);
    if (!this.#stage?.fits(picture)) {
      this.#closeStage();
      this.#stage = this.#openStage(picture);
    }
    return this.#stage.convert(picture.data, planes);
  }

  #openStage(picture: Picture): RgbStage | Stage {
    const size = encodedSize(picture, this.#targetHeight, this.#divisor);
    // In its own size, swscale takes twice as long; a picture that is enlarged has few pixels.
    const isWhole = size.width - picture.width <= 1 && size.height - picture.height <= 1;
    return isWhole && this.#divisor === 1 && picture.format !== "yuv420p"
      ? new RgbStage(picture)
      : new Stage(picture, size);
  }

  [Symbol.dispose](): void {
    this.#closeStage();
  }

  #closeStage(): void {
    this.#stage?.[Symbol.dispose]();
    this.#stage = undefined;
  }
}

/**
 * The native frames and scaler for one size and format, where pictures are YUV already, enlarged or reduced. Pixels are copied into a native frame first: the
 * scaler's vector code reads past the end of rows, and only memory that FFmpeg allocated has padding there.
 */
class Stage implements Disposable {
  readonly #format: PixelFormat;
  readonly #source: Frame;
  readonly #target: Frame;
  readonly #scaler: SoftwareScaleContext | undefined;
  readonly #copy: (data: Uint8Array, planes: readonly Plane[]) => void;

  constructor(
    { width, height, format }: Omit<Picture, "data" | "stride">,
    size: { readonly width: number; readonly height: number },
  ) {
    this.#format = format;
    const native = format === "yuv420p" ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_BGR0;
    this.#source = allocate({ width, height, format: native });
    this.#copy = copierInto(this.#source, format);
    if (native === AV_PIX_FMT_YUV420P && size.width === width && size.height === height) {
      this.#target = this.#source;
      return;
    }
    this.#target = allocate({ ...size, format: AV_PIX_FMT_YUV420P });
    this.#scaler = new SoftwareScaleContext();
    this.#scaler.getContext(
      width,
      height,
      native,
      size.width,
      size.height,
      AV_PIX_FMT_YUV420P,
      // Averages only where pixels are fewer: a whole enlargement keeps its edges.
      size.height < height ? SWS_AREA : SWS_POINT,
    );
  }

  fits({ width, height, format }: Picture): boolean {
    return this.#source.width === width && this.#source.height === height &&
      this.#format === format;
  }

  convert(data: Uint8Array, planes: readonly Plane[]): Frame {
    this.#copy(data, planes);
    if (this.#scaler) {
      const result = this.#scaler.scaleFrameSync(this.#target, this.#source);
      if (result < 0) throw new Error(`Cannot convert a picture: swscale answered ${result}`);
    }
    return this.#target;
  }

  [Symbol.dispose](): void {
    this.#scaler?.freeContext();
    if (this.#target !== this.#source) this.#target.free();
    this.#source.free();
  }
}

/**
 * The function that copies pictures of a format into a native frame. The frame's memory is wrapped once, because
 * each access through the binding costs time.
 */
function copierInto(
  frame: Frame,
  format: PixelFormat,
): (data: Uint8Array, planes: readonly Plane[]) => void {
  const strides = frame.linesize;
  const targets = frame.data ?? [];
  if (format !== "rgb565" && format !== "0rgb1555") {
    return (data, planes) => {
      planes.forEach((plane, index) =>
        copyPlane(data, plane, { data: targets[index]!, stride: strides[index]! })
      );
    };
  }
  const palette = PALETTES[format]();
  const { buffer, byteOffset, byteLength } = targets[0]!;
  const pixels = new Uint32Array(buffer, byteOffset, byteLength / 4);
  const row = new Uint16Array(frame.width);
  const rowBytes = new Uint8Array(row.buffer);
  return (data, [plane]) => {
    for (let y = 0; y < frame.height; y++) {
      // A row may lie at an odd address.
      const start = y * plane!.stride;
      rowBytes.set(data.subarray(start, start + rowBytes.length));
      expandRow(row, { palette, target: pixels.subarray(y * strides[0]! / 4) });
    }
  };
}

function copyPlane(
  data: Uint8Array,
  { offset, stride, rowBytes, rows }: Plane,
  target: { readonly data: Uint8Array; readonly stride: number },
): void {
  if (stride === target.stride) {
    target.data.set(data.subarray(offset, offset + stride * (rows - 1) + rowBytes));
    return;
  }
  for (let row = 0; row < rows; row++) {
    const start = offset + row * stride;
    target.data.set(data.subarray(start, start + rowBytes), row * target.stride);
  }
}

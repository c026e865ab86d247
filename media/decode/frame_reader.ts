/**
 * A decoded frame in whatever layout the decoder chose → a planar YUV 4:2:0 picture of the wanted size.
 *
 * @module
 */
import { Frame, SoftwareScaleContext } from "node-av";
import { AV_PIX_FMT_YUV420P, type AVPixelFormat, SWS_BILINEAR } from "node-av/constants";
import type { Picture } from "../ports.ts";

export interface PictureSize {
  /** In pixels, even. */
  readonly width: number;
  readonly height: number;
}

/** The scaler for one layout of frames. */
interface Stage {
  readonly width: number;
  readonly height: number;
  readonly format: AVPixelFormat;
  readonly scaler: SoftwareScaleContext | undefined;
  readonly target: Frame | undefined;
  readonly size: PictureSize;
}

export class FrameReader implements Disposable {
  readonly #wanted: PictureSize | undefined;
  readonly #maxSide: number;
  #stage: Stage | undefined;
  #data = new Uint8Array();

  /** Without a wanted size pictures keep theirs, rounded down to even sides and reduced to the longest side. */
  constructor(
    { size, maxSide = Infinity }: {
      readonly size?: PictureSize | undefined;
      readonly maxSide?: number;
    } = {},
  ) {
    this.#wanted = size;
    this.#maxSide = maxSide;
  }

  /** The picture, valid until the next call. */
  read(frame: Frame): Picture {
    const stage = this.#stageFor(frame);
    const { scaler, target, size: { width, height } } = stage;
    if (scaler && target) {
      const result = scaler.scaleFrameSync(target, frame);
      if (result < 0) throw new Error(`Cannot convert a picture: swscale answered ${result}`);
    }
    const from = target ?? frame;
    const planes = from.data ?? [];
    const strides = from.linesize;
    const length = width * height * 3 / 2;
    if (this.#data.length !== length) this.#data = new Uint8Array(length);
    let at = 0;
    for (const [index, [columns, rows]] of planesOf(width, height).entries()) {
      const plane = planes[index]!;
      const stride = strides[index]!;
      for (let row = 0; row < rows; row++, at += columns) {
        this.#data.set(plane.subarray(row * stride, row * stride + columns), at);
      }
    }
    return { data: this.#data, format: "yuv420p", width, height, stride: width };
  }

  [Symbol.dispose](): void {
    this.#stage?.scaler?.freeContext();
    this.#stage?.target?.free();
    this.#stage = undefined;
  }

  #stageFor(frame: Frame): Stage {
    const { width, height } = frame;
    const format = frame.format as AVPixelFormat;
    const known = this.#stage;
    if (known?.width === width && known.height === height && known.format === format) return known;
    this[Symbol.dispose]();
    const size = this.#wanted ?? reduced(width, height, this.#maxSide);
    const asItIs = format === AV_PIX_FMT_YUV420P && size.width === width && size.height === height;
    const made = asItIs ? undefined : openScaler({ width, height, format }, size);
    this.#stage = { width, height, format, size, scaler: made?.scaler, target: made?.target };
    return this.#stage;
  }
}

function reduced(width: number, height: number, maxSide: number): PictureSize {
  const factor = Math.min(1, maxSide / Math.max(width, height));
  const even = (side: number) => Math.max(2, Math.floor(side * factor) & ~1);
  return { width: even(width), height: even(height) };
}

function planesOf(width: number, height: number): [columns: number, rows: number][] {
  const half: [number, number] = [width / 2, height / 2];
  return [[width, height], half, half];
}

function openScaler(
  from: { width: number; height: number; format: AVPixelFormat },
  { width, height }: PictureSize,
): { scaler: SoftwareScaleContext; target: Frame } {
  const target = new Frame();
  target.alloc();
  target.format = AV_PIX_FMT_YUV420P;
  target.width = width;
  target.height = height;
  const result = target.getBuffer(0);
  if (result < 0) {
    throw new Error(`Cannot allocate a ${width}x${height} frame: FFmpeg answered ${result}`);
  }
  const scaler = new SoftwareScaleContext();
  scaler.getContext(
    from.width,
    from.height,
    from.format,
    width,
    height,
    AV_PIX_FMT_YUV420P,
    SWS_BILINEAR,
  );
  return { scaler, target };
}

/**
 * A decoded frame in any layout → a planar YUV 4:2:0 picture with square pixels. The picture keeps the frame's shape:
 * the reader scales it to square pixels, passes its rotation on, and keeps the ratio of its sides at every size.
 *
 * @module
 */
import { Frame, SoftwareScaleContext } from "node-av/lib";
import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_KEY,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
  SWS_BILINEAR,
} from "node-av/constants";
import type { Picture, QuarterTurns } from "../ports.ts";
import { uprightSize } from "../pictures/turner.ts";

/** Size of an upright picture. */
export interface PictureSize {
  /** In pixels, even. */
  readonly width: number;
  readonly height: number;
}

/** The layout of a frame, as far as reading it depends on it. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly format: AVPixelFormat;
  /** Width of a pixel ÷ its height. */
  readonly pixelAspect: number;
  readonly rotation: QuarterTurns;
}

/** The scaler for one layout of frames. `size` is that of the picture before it is turned upright. */
interface Stage {
  readonly layout: Layout;
  readonly scaler: SoftwareScaleContext | undefined;
  readonly target: Frame | undefined;
  readonly size: PictureSize;
}

/** Reads the pictures of one stream's decoded frames; their layout may change from frame to frame. */
export class FrameReader implements Disposable {
  readonly #wanted: PictureSize | undefined;
  readonly #maxSide: number;
  #stage: Stage | undefined;
  #data = new Uint8Array();
  /** A keyframe's rotation holds until the next keyframe: FFmpeg attaches an SEI's matrix to one frame only. */
  #rotation: QuarterTurns = 0;

  /**
   * `size`: pictures are scaled until they just fit into it when they are upright; without it they keep theirs.
   * `maxSide`: longest side in pixels. Sides are rounded down to even numbers.
   */
  constructor(
    { size, maxSide = Infinity }: {
      readonly size?: PictureSize | undefined;
      readonly maxSide?: number;
    } = {},
  ) {
    this.#wanted = size;
    this.#maxSide = maxSide;
  }

  /**
   * The picture of a frame, valid until the next call.
   *
   * @throws {Error} a sentence, when FFmpeg cannot convert the frame.
   */
  read(frame: Frame): Picture {
    const { scaler, target, size: { width, height }, layout: { rotation } } = this.#stageFor(frame);
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
    return { data: this.#data, format: "yuv420p", width, height, stride: width, rotation };
  }

  [Symbol.dispose](): void {
    this.#stage?.scaler?.freeContext();
    this.#stage?.target?.free();
    this.#stage = undefined;
  }

  #stageFor(frame: Frame): Stage {
    this.#rotation = rotationOf(frame) ?? this.#rotation;
    const layout = layoutOf(frame, this.#rotation);
    const known = this.#stage;
    if (known && isSame(known.layout, layout)) return known;
    this[Symbol.dispose]();
    const size = pictureSize(layout, { size: this.#wanted, maxSide: this.#maxSide });
    const { width, height, format } = layout;
    const asItIs = format === AV_PIX_FMT_YUV420P && size.width === width && size.height === height;
    const made = asItIs ? undefined : openScaler({ width, height, format }, size);
    return this.#stage = { layout, size, scaler: made?.scaler, target: made?.target };
  }
}

/**
 * The size of a frame's picture before it is turned upright: square pixels, just inside the wanted size, no side
 * longer than `maxSide`.
 */
export function pictureSize(
  { width, height, pixelAspect, rotation }: Omit<Layout, "format">,
  { size, maxSide }: { readonly size?: PictureSize | undefined; readonly maxSide: number },
): PictureSize {
  // One side is enlarged, so the other keeps all samples of the camera.
  const wide = width * Math.max(1, pixelAspect);
  const high = height / Math.min(1, pixelAspect);
  const room = size && uprightSize(size, rotation);
  const fitting = room ? Math.min(room.width / wide, room.height / high) : 1;
  const factor = Math.min(fitting, maxSide / Math.max(wide, high));
  // Without this, a rounding error of the factor could remove two lines.
  const even = (side: number) => Math.max(2, Math.floor(side * factor + 1e-6) & ~1);
  return { width: even(wide), height: even(high) };
}

function layoutOf(frame: Frame, rotation: QuarterTurns): Layout {
  const { width, height, sampleAspectRatio: { num, den } } = frame;
  return {
    width,
    height,
    format: frame.format as AVPixelFormat,
    pixelAspect: num > 0 && den > 0 ? num / den : 1,
    rotation,
  };
}

function isSame(one: Layout, other: Layout): boolean {
  return one.width === other.width && one.height === other.height && one.format === other.format &&
    one.pixelAspect === other.pixelAspect && one.rotation === other.rotation;
}

/**
 * The quarter turns of a display matrix: nine 32-bit numbers, of which the first two give the angle clockwise
 * (ISO/IEC 14496-12 §8.3.2.3, FFmpeg's `AV_FRAME_DATA_DISPLAYMATRIX`). Angles between are rounded. `undefined`: the
 * frame has none.
 */
export function rotationOf(frame: Frame): QuarterTurns | undefined {
  const matrix = frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX);
  if (!matrix || matrix.length < 20) return frame.flags & AV_FRAME_FLAG_KEY ? 0 : undefined;
  const [a, b, c, d] = [0, 4, 12, 16].map((offset) => matrix.readInt32LE(offset)) as [
    number,
    number,
    number,
    number,
  ];
  const clockwise = Math.atan2(b / Math.hypot(b, d), a / Math.hypot(a, c));
  return (Math.round(-clockwise / (Math.PI / 2)) + 4) % 4 as QuarterTurns;
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

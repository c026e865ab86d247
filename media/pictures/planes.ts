/**
 * The positions of a picture's planes and rows in its data.
 *
 * @module
 */
import type { Picture, PixelFormat } from "../ports.ts";

/** Longest side of a picture, in pixels: the limit of H.264 level 5.1. */
export const MAX_SIDE = 4096;

/** One plane of a picture. */
export interface Plane {
  /** In bytes: where the plane begins, from one row to the next, and how much of a row carries pixels. */
  readonly offset: number;
  readonly stride: number;
  readonly rowBytes: number;
  readonly rows: number;
}

/** Bytes of one pixel in its plane. */
export function pixelBytes(format: PixelFormat): 1 | 2 | 4 {
  return format === "yuv420p" ? 1 : format === "xrgb8888" ? 4 : 2;
}

/**
 * The planes of a picture. `yuv420p` holds Y, then Cb, then Cr without gaps; a chroma row takes half the stride,
 * rounded up.
 *
 * @throws {RangeError} a sentence, when sizes are impossible or the data ends before the last pixel.
 */
export function planesOf(picture: Picture): readonly Plane[] {
  const { data, format, width, height, stride } = picture;
  const what = `Cannot encode a ${width}x${height} ${format} picture`;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE) {
      throw new RangeError(`${what}: each side must be 1 to ${MAX_SIDE} whole pixels`);
    }
  }
  const rowBytes = width * pixelBytes(format);
  if (!Number.isInteger(stride) || stride < rowBytes) {
    throw new RangeError(`${what}: a stride of ${stride} bytes is less than a row of ${rowBytes}`);
  }
  const planes = [{ offset: 0, stride, rowBytes, rows: height }];
  if (format === "yuv420p") {
    const chroma = { stride: half(stride), rowBytes: half(width), rows: half(height) };
    const cb = stride * height;
    planes.push({ offset: cb, ...chroma });
    planes.push({ offset: cb + chroma.stride * chroma.rows, ...chroma });
  }
  const last = planes.at(-1)!;
  const needed = last.offset + last.stride * (last.rows - 1) + last.rowBytes;
  if (data.length < needed) {
    throw new RangeError(`${what}: it needs ${needed} bytes and has ${data.length}`);
  }
  return planes;
}

/** Half a length, rounded up: the size of chroma. */
export function half(length: number): number {
  return Math.ceil(length / 2);
}

/**
 * Measures the brightness of a part of a decoded picture, from a canvas, a codec or a core.
 *
 * @module
 */
/** An image in memory. */
export interface Image {
  /** Rows without gaps: one byte a pixel (luma) or four (RGBA). */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** A rectangle by its middle and its whole size, each as a share of the picture's width or height. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Mean brightness of an area, 0 … 255; at least one pixel is read. */
export function meanLuma(image: Image, area: Area): number {
  const [left, right] = span(area.x, area.width, image.width);
  const [top, bottom] = span(area.y, area.height, image.height);
  let sum = 0;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) sum += luma(image, y * image.width + x);
  }
  return sum / ((right - left + 1) * (bottom - top + 1));
}

/** First and last pixel of an interval, within the picture. */
function span(middle: number, size: number, pixels: number): [number, number] {
  const first = clamp(Math.ceil((middle - size / 2) * pixels), pixels);
  const last = clamp(Math.floor((middle + size / 2) * pixels) - 1, pixels);
  return last < first ? [first, first] : [first, last];
}

function clamp(pixel: number, pixels: number): number {
  return Math.max(0, Math.min(pixels - 1, pixel));
}

/** Rec. 709 weights, in 1/256. */
function luma({ data, width, height }: Image, pixel: number): number {
  if (data.length < width * height * 4) return data[pixel] ?? 0;
  const at = pixel * 4;
  return (data[at]! * 54 + data[at + 1]! * 183 + data[at + 2]! * 19) / 256;
}

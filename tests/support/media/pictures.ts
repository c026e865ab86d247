/**
 * Pictures with known colours, for tests and benchmarks of the media path.
 *
 * @module
 */
import type { Picture, PixelFormat } from "../../../media/ports.ts";

/** A colour, 0 … 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Colours that every format of {@linkcode PixelFormat} can hold. */
export const BARS: readonly Rgb[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
];

/** Size in pixels and format of a picture to make. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Bytes after each row that are not pixels. */
  readonly padding?: number;
}

/** Upright bars of {@linkcode BARS}; bytes that are not pixels are 0x5a. */
export function barsPicture(size: PictureSize): Picture {
  return drawPicture(size, (x) => BARS[Math.floor(x * BARS.length / size.width)]!);
}

/** Where in the picture the middle of bar `index` is, as a share of the width. */
export function barMiddle(index: number): number {
  return (index + 0.5) / BARS.length;
}

/** A game-like scene: tiles that scroll by two pixels a frame under sprites that fly about. */
export function movingPicture(
  { width, height, frame }: { width: number; height: number; frame: number },
): Picture {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = x + 2 * frame;
      const tile = (across >> 4) * 2_654_435_761 + (y >> 4) * 40_503;
      pixels[y * width + x] = (across & 15) < 3 ? 0x204060 : tile & 0x7f7f7f;
    }
  }
  for (let sprite = 0; sprite < 24; sprite++) {
    const left = Math.floor((width - 16) * (0.5 + 0.5 * Math.sin(frame / 20 + sprite)));
    const top = Math.floor((height - 16) * (0.5 + 0.5 * Math.cos(frame / 25 + 2 * sprite)));
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        pixels[(top + y) * width + left + x] = ((x ^ y) * 0x0f1f2f) & 0xffffff;
      }
    }
  }
  const data = new Uint8Array(pixels.buffer);
  return { data, format: "xrgb8888", width, height, stride: 4 * width };
}

function drawPicture(
  { width, height, format, padding = 0 }: PictureSize,
  colour: (x: number) => Rgb,
): Picture {
  if (format === "yuv420p") return drawPlanes({ width, height, padding }, colour);
  const bytesPerPixel = format === "xrgb8888" ? 4 : 2;
  const stride = width * bytesPerPixel + padding;
  const data = new Uint8Array(stride * height).fill(0x5a);
  const view = new DataView(data.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = colour(x);
      const at = y * stride + x * bytesPerPixel;
      if (format === "xrgb8888") {
        view.setUint32(at, (red << 16) | (green << 8) | blue, true);
      } else if (format === "rgb565") {
        view.setUint16(at, ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3), true);
      } else {
        view.setUint16(at, ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3), true);
      }
    }
  }
  return { data, format, width, height, stride };
}

/** BT.601 in limited range. */
function drawPlanes(
  { width, height, padding }: { width: number; height: number; padding: number },
  colour: (x: number) => Rgb,
): Picture {
  const stride = width + padding;
  const chromaStride = Math.ceil(stride / 2);
  const chromaHeight = Math.ceil(height / 2);
  const cb = stride * height;
  const cr = cb + chromaStride * chromaHeight;
  const data = new Uint8Array(cr + chromaStride * chromaHeight).fill(0x5a);
  for (let x = 0; x < width; x++) {
    const [red, green, blue] = colour(x);
    const luma = 16 + (65.74 * red + 129.06 * green + 25.06 * blue) / 256;
    for (let y = 0; y < height; y++) data[y * stride + x] = Math.round(luma);
    for (let y = 0; y < chromaHeight; y++) {
      const at = y * chromaStride + (x >> 1);
      data[cb + at] = Math.round(128 + (-37.95 * red - 74.49 * green + 112.44 * blue) / 256);
      data[cr + at] = Math.round(128 + (112.44 * red - 94.15 * green - 18.29 * blue) / 256);
    }
  }
  return { data, format: "yuv420p", width, height, stride };
}

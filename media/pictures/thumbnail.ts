/**
 * A small PNG of a raw picture, of at most so many bytes: smaller and with fewer colours until it fits.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { concat } from "../../protocol/bytes/concat.ts";
import type { Picture } from "../ports.ts";
import { Turner } from "./turner.ts";

/** Widths in pixels and bits of a colour, the best first. The last one always fits into 2 KiB. */
const STEPS = [[128, 5], [128, 4], [112, 3], [96, 3], [80, 2], [48, 2], [48, 1]] as const;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** The highest colour type of a palette's index has one byte. */
const MAX_COLOURS = 256;

/** A thumbnail of `picture`, upright; `undefined` when it has no red, green and blue, or no size. */
export function thumbnail(
  picture: Picture,
  { aspect, most }: { readonly aspect: number; readonly most: number },
): Uint8Array<ArrayBuffer> | undefined {
  if (picture.format === "yuv420p" || picture.width < 1 || picture.height < 1) return undefined;
  const upright = new Turner().turn(picture);
  for (const [width, bits] of STEPS) {
    const height = Math.min(128, Math.max(1, Math.round(width / (aspect > 0 ? aspect : 4 / 3))));
    const indexed = sample(upright, { width, height, bits });
    const png = indexed && encode(indexed, { width, height });
    if (png && png.length <= most) return png;
  }
  return undefined;
}

interface Indexed {
  readonly rows: Uint8Array<ArrayBuffer>;
  readonly palette: readonly number[];
}

/** Takes the nearest pixel for each, with `bits` of each colour; `undefined` when these are too many colours. */
function sample(
  picture: Picture,
  { width, height, bits }: { width: number; height: number; bits: number },
): Indexed | undefined {
  const colourAt = reader(picture);
  const indices = new Map<number, number>();
  // Each row of a PNG begins with its filter: 0 is none.
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = Math.min(picture.height - 1, Math.floor((y + 0.5) * picture.height / height));
    for (let x = 0; x < width; x++) {
      const column = Math.min(picture.width - 1, Math.floor((x + 0.5) * picture.width / width));
      const colour = reduced(colourAt(column, from), bits);
      let index = indices.get(colour);
      if (index === undefined) {
        if (indices.size === MAX_COLOURS) return undefined;
        index = indices.size;
        indices.set(colour, index);
      }
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  return { rows, palette: [...indices.keys()] };
}

/** Reads a pixel as 0xRRGGBB. */
function reader({ data, format, stride }: Picture): (x: number, y: number) => number {
  if (format === "xrgb8888") {
    return (x, y) => {
      const at = y * stride + x * 4;
      return data[at + 2]! << 16 | data[at + 1]! << 8 | data[at]!;
    };
  }
  const green = format === "rgb565" ? 6 : 5;
  return (x, y) => {
    const at = y * stride + x * 2;
    const pixel = data[at]! | data[at + 1]! << 8;
    const red = pixel >> (5 + green) & 31;
    const middle = pixel >> 5 & (1 << green) - 1;
    return red << 19 | middle << (16 - green) | (pixel & 31) << 3;
  };
}

/** Keeps the upper `bits` of each colour and spreads them over the whole range. */
function reduced(colour: number, bits: number): number {
  const top = (1 << bits) - 1;
  const part = (shift: number) =>
    Math.round((colour >> shift & 255) * top / 255) * 255 / top << shift;
  return part(16) | part(8) | part(0);
}

function encode(
  { rows, palette }: Indexed,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // Eight bits a pixel; colour type 3: an index of the palette.
  header.set([8, 3], 8);
  const colours = Uint8Array.from(palette.flatMap((c) => [c >> 16, c >> 8 & 255, c & 255]));
  return concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

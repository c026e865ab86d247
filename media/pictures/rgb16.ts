/**
 * Converts colours of 15 and 16 bits to 24 bits. FFmpeg's scaler fills the missing low bits with zeros, which makes
 * white grey; this file repeats the high bits, so white stays white.
 *
 * @module
 */

/** Colours as `0x00rrggbb` by their 16 bit value. */
export type Palette = Uint32Array<ArrayBuffer>;

/** The palette of each 16-bit format, computed at its first use. */
export const PALETTES: { readonly rgb565: () => Palette; readonly "0rgb1555": () => Palette } = {
  rgb565: once(() => palette({ greenBits: 6 })),
  "0rgb1555": once(() => palette({ greenBits: 5 })),
};

/** Writes a row's colours to `target`, one element a pixel. */
export function expandRow(
  row: Uint16Array,
  { palette, target }: { readonly palette: Palette; readonly target: Uint32Array },
): void {
  for (let x = 0; x < row.length; x++) target[x] = palette[row[x]!]!;
}

function palette({ greenBits }: { greenBits: number }): Palette {
  return Uint32Array.from({ length: 2 ** 16 }, (_, value) => {
    const red = eightBits((value >> (5 + greenBits)) & 0x1f, 5);
    const green = eightBits((value >> 5) & (2 ** greenBits - 1), greenBits);
    return (red << 16) | (green << 8) | eightBits(value & 0x1f, 5);
  });
}

function eightBits(value: number, bits: number): number {
  return (value << (8 - bits)) | (value >> (2 * bits - 8));
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

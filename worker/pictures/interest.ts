/**
 * How much there is to see in a picture, by its brightness alone.
 *
 * @module
 */

/** The brightness of a picture, row by row. */
export interface Brightness {
  readonly data: Uint8Array;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** Steps of brightness that count as one. */
const STEP = 4;
const LEVELS = 256 / STEP;
/** A picture of which this share has one brightness is black or of one colour. */
const BLANK = 0.995;
/** Weight of the share of pixels that differ from their left neighbour, against bits of information. */
const EDGES = 4;

/** Zero for a picture that is black or of one colour; otherwise the more, the more there is to see. */
export function interestOf({ data, width, height, stride }: Brightness): number {
  const counts = new Uint32Array(LEVELS);
  let edges = 0;
  for (let y = 0; y < height; y++) {
    let left = -1;
    for (let x = 0; x < width; x++) {
      const level = Math.floor((data[y * stride + x] ?? 0) / STEP);
      counts[level]! += 1;
      if (left >= 0 && level !== left) edges += 1;
      left = level;
    }
  }
  const all = width * height;
  if (all === 0 || Math.max(...counts) / all >= BLANK) return 0;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count / all * Math.log2(count / all);
  return bits + EDGES * edges / all;
}

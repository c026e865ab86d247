/**
 * Rows of vertical colour bars with faint noise, different in each frame, made once and then only copied: the picture
 * needs about as many bits as an encoder may spend.
 *
 * @module
 */

/** Rows that are made besides those of one frame. */
const SPARE_ROWS = 256;
/** The first row moves by this much from frame to frame, further than encoders look for a moved picture. */
const SHIFT = 97;

/** The noise of a test picture. */
export interface NoisyRowsOptions {
  /** The colours of a row without noise, 0xRRGGBB. */
  readonly row: Uint32Array;
  /** Rows of a frame. */
  readonly height: number;
  /** Greatest change of a pixel's brightness both ways, of 255. */
  readonly amplitude: number;
}

/** Returns the pixels of all rows for a frame number; frames that are {@linkcode SPARE_ROWS} apart are equal. */
export function createNoisyRows(
  { row, height, amplitude }: NoisyRowsOptions,
): (frame: number) => Uint32Array {
  const width = row.length;
  const pixels = new Uint32Array(width * (height + SPARE_ROWS));
  for (let at = 0; at < pixels.length; at++) {
    const change = Math.round((2 * hash(at) - 1) * amplitude);
    pixels[at] = brighter(row[at % width]!, change);
  }
  return (frame) => {
    const first = frame * SHIFT % SPARE_ROWS * width;
    return pixels.subarray(first, first + width * height);
  };
}

function brighter(colour: number, change: number): number {
  const part = (shift: number) =>
    Math.max(0, Math.min(255, (colour >> shift & 255) + change)) << shift;
  return part(16) | part(8) | part(0);
}

/** A number in [0, 1) for a whole number, evenly spread. */
function hash(n: number): number {
  let mixed = Math.imul(n ^ n >>> 16, 0x45d9f3b);
  mixed = Math.imul(mixed ^ mixed >>> 16, 0x45d9f3b);
  return ((mixed ^ mixed >>> 16) >>> 0) / 2 ** 32;
}

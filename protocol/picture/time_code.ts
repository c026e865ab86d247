/**
 * The time drawn into a picture, from which a receiver computes the age of the picture: two rows of 24 square
 * blocks across the top, white for one and black for zero. 40 bits of time in units of 0.1 ms, then CRC-8 of
 * those five bytes (polynomial 0x07, initial value 0xff), most significant bit first.
 *
 * @module
 */
import { type Image, meanLuma } from "./luma.ts";

const COLUMNS = 24;
const ROWS = 2;
const TIME_BYTES = 5;
const UNITS_PER_MS = 10;
/** The code repeats after this many units of 0.1 ms: three and a half years. */
const WRAP = 2 ** (TIME_BYTES * 8);
/** The smallest difference between black and white with which the code is read. */
const MIN_CONTRAST = 48;

/** Number of blocks. */
export const TIME_CODE_BLOCKS = COLUMNS * ROWS;

/** The blocks of an instant in milliseconds; 1 is white. */
export function timeCodeBlocks(instant: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TIME_BYTES + 1);
  let rest = Math.round(instant * UNITS_PER_MS) % WRAP;
  for (let i = TIME_BYTES - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[TIME_BYTES] = crc8(bytes.subarray(0, TIME_BYTES));
  return Uint8Array.from(
    { length: TIME_CODE_BLOCKS },
    (_, bit) => bytes[bit >> 3]! >> (7 - (bit & 7)) & 1,
  );
}

/** Where block `index` stands in a picture `width` pixels wide, in pixels. Blocks are square. */
export function timeCodeBlock(
  index: number,
  width: number,
): { left: number; top: number; right: number; bottom: number } {
  const edge = (n: number) => Math.round(n * width / COLUMNS);
  const column = index % COLUMNS;
  const row = Math.floor(index / COLUMNS);
  return { left: edge(column), right: edge(column + 1), top: edge(row), bottom: edge(row + 1) };
}

/**
 * Reads the code from a picture of any size with its aspect ratio kept: the instant in milliseconds, modulo
 * 2⁴⁰ × 0.1 ms, or `undefined` when there is none.
 */
export function readTimeCode(image: Image): number | undefined {
  const blockWidth = 1 / COLUMNS;
  const blockHeight = image.width / COLUMNS / image.height;
  const lumas = Array.from({ length: TIME_CODE_BLOCKS }, (_, index) =>
    meanLuma(image, {
      x: (index % COLUMNS + 0.5) * blockWidth,
      y: (Math.floor(index / COLUMNS) + 0.5) * blockHeight,
      width: blockWidth / 2,
      height: blockHeight / 2,
    }));
  const black = Math.min(...lumas);
  const white = Math.max(...lumas);
  if (white - black < MIN_CONTRAST) return undefined;
  const bytes = new Uint8Array(TIME_BYTES + 1);
  lumas.forEach((value, bit) => {
    if (value > (black + white) / 2) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  });
  const time = bytes.subarray(0, TIME_BYTES);
  if (crc8(time) !== bytes[TIME_BYTES]) return undefined;
  return time.reduce((sum, byte) => sum * 256 + byte, 0) / UNITS_PER_MS;
}

/** Milliseconds from the instant a code names to `now` (both on one clock); negative when it lies ahead. */
export function timeCodeAge(code: number, now: number): number {
  const wrap = WRAP / UNITS_PER_MS;
  const behind = (now - code) % wrap;
  const age = behind < 0 ? behind + wrap : behind;
  return age > wrap / 2 ? age - wrap : age;
}

/** CRC-8 with polynomial 0x07 and initial value 0xff. */
export function crc8(bytes: Uint8Array): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80 ? 0x107 : 0);
  }
  return crc;
}

/**
 * What the simulated car does, drawn into its picture: the number of the picture, steering and throttle as they act. Two
 * rows of 16 square blocks in the lower right corner, white for one and dark for zero: one byte each, then CRC-8 of
 * those three.
 *
 * @module
 */
import { type Image, meanLuma } from "./luma.ts";
import { crc8 } from "./time_code.ts";

const COLUMNS = 16;
const ROWS = 2;
/** Side of a block, and the way to the picture's edges, as shares of its width. */
const BLOCK = 0.01;
const MARGIN = 0.012;
/** The smallest difference between dark and white with which the code is read. */
const MIN_CONTRAST = 64;
const BYTES = 3;
const MIDDLE = 127;

/** What the picture shows. */
export interface CarCode {
  /** Number of the picture, modulo 256. */
  readonly frame: number;
  /** −1 … 1, in steps of 1/127. */
  readonly steering: number;
  readonly throttle: number;
}

/** The blocks of a code; 1 is white. */
export function carCodeBlocks({ frame, steering, throttle }: CarCode): Uint8Array<ArrayBuffer> {
  const share = (value: number) => Math.round(Math.max(-1, Math.min(1, value)) * MIDDLE) + MIDDLE;
  const bytes = Uint8Array.of(frame % 256, share(steering), share(throttle), 0);
  bytes[BYTES] = crc8(bytes.subarray(0, BYTES));
  return Uint8Array.from(
    { length: COLUMNS * ROWS },
    (_, bit) => bytes[bit >> 3]! >> (7 - (bit & 7)) & 1,
  );
}

/** Where block `index` stands in a picture, in pixels. */
export function carCodeBlock(
  index: number,
  { width, height }: { readonly width: number; readonly height: number },
): { left: number; top: number; right: number; bottom: number } {
  const { x, y } = corner(index, width / height);
  return {
    left: Math.round(x * width),
    right: Math.round((x + BLOCK) * width),
    top: Math.round(y * height),
    bottom: Math.round((y + BLOCK * width / height) * height),
  };
}

/** Reads the code from a picture of any size with its aspect ratio kept; `undefined` when there is none. */
export function readCarCode(image: Image): CarCode | undefined {
  const aspect = image.width / image.height;
  const lumas = Array.from({ length: COLUMNS * ROWS }, (_, index) => {
    const { x, y } = corner(index, aspect);
    return meanLuma(image, {
      x: x + BLOCK / 2,
      y: y + BLOCK * aspect / 2,
      width: BLOCK / 2,
      height: BLOCK * aspect / 2,
    });
  });
  const dark = Math.min(...lumas);
  const white = Math.max(...lumas);
  if (white - dark < MIN_CONTRAST) return undefined;
  const bytes = new Uint8Array(BYTES + 1);
  lumas.forEach((value, bit) => {
    if (value > (dark + white) / 2) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  });
  if (crc8(bytes.subarray(0, BYTES)) !== bytes[BYTES]) return undefined;
  const [frame = 0, steering = 0, throttle = 0] = bytes;
  return { frame, steering: (steering - MIDDLE) / MIDDLE, throttle: (throttle - MIDDLE) / MIDDLE };
}

/** Upper left corner of a block, as shares of the picture's sides. */
function corner(index: number, aspect: number): { readonly x: number; readonly y: number } {
  const column = index % COLUMNS;
  const row = Math.floor(index / COLUMNS);
  return {
    x: 1 - MARGIN - (COLUMNS - column) * BLOCK,
    y: 1 - (MARGIN + (ROWS - row) * BLOCK) * aspect,
  };
}

/**
 * Rectangles and digits on a picture of 32-bit pixels (xrgb8888).
 *
 * @module
 */
import type { Picture } from "../ports.ts";
import type { Area } from "../../protocol/picture/luma.ts";

/** In whole pixels; right and bottom are outside. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Three by five squares a digit, a row in three bits, the top row first. */
const DIGITS = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 1, 1, 1],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
] as const;

/** A picture to draw on. Its memory is allocated once, so `picture` always holds the newest drawing. */
export class Canvas {
  readonly picture: Picture;
  readonly #pixels: Uint32Array;

  constructor(readonly width: number, readonly height: number) {
    this.#pixels = new Uint32Array(width * height);
    const data = new Uint8Array(this.#pixels.buffer);
    this.picture = { data, format: "xrgb8888", width, height, stride: width * 4 };
  }

  /** Fills a rectangle with 0xRRGGBB; what lies outside of the picture is left out. */
  fill({ left, top, right, bottom }: Rectangle, colour: number): void {
    const end = Math.min(right, this.width);
    for (let y = Math.max(top, 0); y < Math.min(bottom, this.height); y++) {
      this.#pixels.fill(colour, y * this.width + Math.max(left, 0), y * this.width + end);
    }
  }

  /** A copy of one row. */
  row(y: number): Uint32Array {
    return this.#pixels.slice(y * this.width, (y + 1) * this.width);
  }

  /** Replaces whole rows from `top` on by pixels of 0xRRGGBB; the pixels must end within the picture. */
  rows(top: number, pixels: Uint32Array): void {
    this.#pixels.set(pixels, top * this.width);
  }

  /** Draws one digit of 3 × 5 squares with its upper left corner at `left`, `top`. */
  digit(
    digit: number,
    { left, top, square, colour }: { left: number; top: number; square: number; colour: number },
  ): void {
    DIGITS[digit]!.forEach((row, y) => {
      for (let x = 0; x < 3; x++) {
        const corner = { left: left + x * square, top: top + y * square };
        const spot = { ...corner, right: corner.left + square, bottom: corner.top + square };
        this.fill(spot, row & (4 >> x) ? colour : 0);
      }
    });
  }

  /** An area's pixels in this picture. */
  rectangle({ x, y, width, height }: Area): Rectangle {
    return {
      left: Math.round((x - width / 2) * this.width),
      right: Math.round((x + width / 2) * this.width),
      top: Math.round((y - height / 2) * this.height),
      bottom: Math.round((y + height / 2) * this.height),
    };
  }
}

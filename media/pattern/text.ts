/**
 * Words on a picture: capitals, figures and a few signs, five squares wide and seven high.
 *
 * @module
 */
import type { Canvas } from "./canvas.ts";

const WIDTH = 5;
const HEIGHT = 7;
/** From one character to the next, in squares. */
const PITCH = WIDTH + 1;

/** Rows from the top, two hexadecimal digits each; the leftmost square is 0x10. */
const GLYPHS: Readonly<Record<string, string>> = {
  "A": "0e11111f111111",
  "B": "1e11111e11111e",
  "C": "0e11101010110e",
  "D": "1e11111111111e",
  "E": "1f10101e10101f",
  "F": "1f10101e101010",
  "G": "0e11101711110f",
  "H": "1111111f111111",
  "I": "0e04040404040e",
  "J": "0702020202120c",
  "K": "11121418141211",
  "L": "1010101010101f",
  "M": "111b1515111111",
  "N": "11111915131111",
  "O": "0e11111111110e",
  "P": "1e11111e101010",
  "Q": "0e11111115120d",
  "R": "1e11111e141211",
  "S": "0f10100e01011e",
  "T": "1f040404040404",
  "U": "1111111111110e",
  "V": "11111111110a04",
  "W": "1111111515150a",
  "X": "11110a040a1111",
  "Y": "1111110a040404",
  "Z": "1f01020408101f",
  "0": "0e11131519110e",
  "1": "040c040404040e",
  "2": "0e11010204081f",
  "3": "1f02040201110e",
  "4": "02060a121f0202",
  "5": "1f101e0101110e",
  "6": "0608101e11110e",
  "7": "1f010204080808",
  "8": "0e11110e11110e",
  "9": "0e11110f01020c",
  ":": "000c0c000c0c00",
  ".": "00000000000c0c",
  ",": "000000000c0408",
  "-": "0000001f000000",
  "/": "00010204081000",
  "%": "18190204081303",
  "(": "02040808080402",
  ")": "08040202020408",
};
/** The glyph of characters that have none: a box. */
const UNKNOWN = "1f11111111111f";

/** Width of a text, in squares. */
export function textWidth(text: string): number {
  return text.length * PITCH - 1;
}

/** Height of a text, in squares. */
export const TEXT_HEIGHT = HEIGHT;

/** Draws `text` in capitals, its upper left corner at `left`, `top`, each square `square` pixels. */
export function drawText(
  canvas: Canvas,
  text: string,
  { left, top, square, colour }: {
    readonly left: number;
    readonly top: number;
    readonly square: number;
    readonly colour: number;
  },
): void {
  for (const [index, character] of [...text.toUpperCase()].entries()) {
    if (character === " ") continue;
    const rows = GLYPHS[character] ?? UNKNOWN;
    for (let y = 0; y < HEIGHT; y++) {
      const row = parseInt(rows.slice(y * 2, y * 2 + 2), 16);
      for (let x = 0; x < WIDTH; x++) {
        if ((row & (0x10 >> x)) === 0) continue;
        const spot = { left: left + (index * PITCH + x) * square, top: top + y * square };
        canvas.fill({ ...spot, right: spot.left + square, bottom: spot.top + square }, colour);
      }
    }
  }
}

/**
 * The words on the simulated car's picture, bars of steering and throttle as they act while it is driven, and the same
 * in a machine-readable form.
 *
 * @module
 */
import type { Canvas } from "../../../media/pattern/canvas.ts";
import { drawText, TEXT_HEIGHT, textWidth } from "../../../media/pattern/text.ts";
import { carCodeBlock, carCodeBlocks } from "../../../protocol/picture/car_code.ts";
import { type Car, chargeOf } from "../drive.ts";

const WHITE = 0xf2f4f5;
const PANEL = 0x18212a;
const ACCENT = 0x2bb8a8;
const RED = 0xe0523f;
const BLACK = 0x101418;
/** Width of the picture that squares of text are one pixel wide for. */
const SQUARE_WIDTH = 400;
/**
 * Where the words begin, as a share of the height. Pages have readings along the top, and switch, gauges and thumbs
 * along the foot, on every size of screen; the left edge between them stays free.
 */
const TOP = 0.36;

/** Draws over a picture of the world. */
export function drawHud(
  canvas: Canvas,
  { car, frame, driven }: {
    readonly car: Car;
    readonly frame: number;
    readonly driven: boolean;
  },
): void {
  const { width, height } = canvas;
  const square = Math.max(1, Math.round(width / SQUARE_WIDTH));
  const margin = 4 * square;
  const { motion } = car;
  const speed = Math.round(Math.hypot(motion.forward, motion.sideways) * 3.6);
  const charge = Math.round(chargeOf(car) * 100);
  const line = `${String(speed).padStart(2)} KM/H  ${String(charge).padStart(3)}%`;
  const left = margin;
  const first = Math.round(height * TOP);
  const top = plate(canvas, line, { left, top: first, square, colour: WHITE }) + square;
  const { steering, throttle } = motion.applied;
  if (driven) {
    const bars = { length: 60 * square, thick: 3 * square };
    bar(canvas, throttle, { left, top, ...bars, colour: throttle < 0 ? RED : ACCENT });
    bar(canvas, steering, { left, top: top + bars.thick + square, ...bars, colour: WHITE });
  } else plate(canvas, "NO CONTROL", { left, top, square, colour: RED });
  carCodeBlocks({ frame, steering, throttle }).forEach((isLit, index) =>
    canvas.fill(carCodeBlock(index, canvas), isLit ? WHITE : BLACK)
  );
}

/** Returns where the plate ends. */
function plate(
  canvas: Canvas,
  text: string,
  { left, top, square, colour }: { left: number; top: number; square: number; colour: number },
): number {
  const edge = 2 * square;
  const right = left + textWidth(text) * square + 2 * edge;
  const bottom = top + TEXT_HEIGHT * square + 2 * edge;
  canvas.fill({ left, top, right, bottom }, PANEL);
  drawText(canvas, text, { left: left + edge, top: top + edge, square, colour });
  return bottom;
}

/** A value from −1 to 1 from the middle of a bar. */
function bar(
  canvas: Canvas,
  value: number,
  { left, top, length, thick, colour }: {
    left: number;
    top: number;
    length: number;
    thick: number;
    colour: number;
  },
): void {
  const bottom = top + thick;
  canvas.fill({ left, top, right: left + length, bottom }, PANEL);
  const middle = left + Math.round(length / 2);
  const end = middle + Math.round(value * length / 2);
  const spot = { left: Math.min(middle, end), right: Math.max(middle, end) + 1, top, bottom };
  canvas.fill(spot, colour);
}

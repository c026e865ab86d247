/**
 * The still picture that is sent to viewers while no picture is received. It shows since when there is no signal, and
 * until when the stream is kept.
 *
 * @module
 */
import type { Picture } from "../../media/ports.ts";
import { Canvas } from "../../media/pattern/canvas.ts";
import { drawText, TEXT_HEIGHT, textWidth } from "../../media/pattern/text.ts";

const GROUND = 0x101820;
const LOUD = 0xf2f4f5;
const QUIET = 0x8fa1ab;
/** The size of the still picture until the size of the input is known, in pixels. */
export const SLATE_SIZE = { width: 1280, height: 720 };
/** Positions and sizes of the lines, as shares of the picture's height. */
const FIRST_LINE = { at: 0.36, size: 0.12, colour: LOUD };
const SECOND_LINE = { at: 0.54, size: 0.07, colour: QUIET };
/** Beyond this a stream is kept until it is closed, and no time is written, in seconds. */
const LONGEST_PATIENCE = 86_400;
const THIRD_LINE = { at: 0.64, size: 0.05, colour: QUIET };

/**
 * Draws the still picture. `since`: when the last picture was received, in milliseconds since 1970; absent before the
 * first. `patience`: how long the stream is kept without a picture, in seconds.
 */
export function drawSlate(
  { width, height, since, patience }: {
    readonly width: number;
    readonly height: number;
    readonly since: number | undefined;
    readonly patience: number;
  },
): Picture {
  const canvas = new Canvas(width, height);
  canvas.fill({ left: 0, top: 0, right: width, bottom: height }, GROUND);
  write(canvas, "NO SIGNAL", FIRST_LINE);
  const time = since === undefined ? "WAITING FOR THE FIRST PICTURE" : `SINCE ${timeOf(since)} UTC`;
  write(canvas, time, SECOND_LINE);
  if (since !== undefined && patience <= LONGEST_PATIENCE) {
    write(canvas, `KEPT UNTIL ${timeOf(since + patience * 1000)} UTC`, THIRD_LINE);
  }
  return canvas.picture;
}

function timeOf(epoch: number): string {
  return new Date(epoch).toISOString().slice(11, 19);
}

function write(
  canvas: Canvas,
  text: string,
  { at, size, colour }: { at: number; size: number; colour: number },
): void {
  const most = Math.floor(canvas.width * 0.9 / textWidth(text));
  const wished = Math.floor(canvas.height * size / TEXT_HEIGHT);
  const square = Math.max(1, Math.min(most, wished));
  const left = Math.round((canvas.width - textWidth(text) * square) / 2);
  drawText(canvas, text, { left, top: Math.round(at * canvas.height), square, colour });
}

/**
 * A picture that looks like a game: two paddles, a ball, a score. The same frame number gives the same picture.
 *
 * @module
 */
const WIDTH = 256;
const HEIGHT = 240;
const INK = "#e6f1ef";

/** Rows of 3 × 5 figures, one bit a pixel. */
const FIGURES: Record<number, readonly number[]> = {
  3: [7, 1, 7, 1, 7],
  5: [7, 4, 7, 1, 7],
};

export function drawDuel(
  context: CanvasRenderingContext2D,
  { frame, scale }: { readonly frame: number; readonly scale: number },
): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = "#0b2028";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#11333c";
  for (let y = 20; y < HEIGHT - 12; y += 16) context.fillRect(126, y, 4, 8);
  context.fillRect(12, 12, WIDTH - 24, 4);
  context.fillRect(12, HEIGHT - 16, WIDTH - 24, 4);
  context.fillStyle = INK;
  drawFigure(context, 3, 96);
  drawFigure(context, 5, 144);
  const x = 128 + 96 * triangle(frame / 70);
  const y = 120 + 88 * triangle(frame / 47 + 0.2);
  context.fillStyle = "#2dd4bf";
  context.fillRect(22, clamp(y - 16 + 10 * Math.sin(frame / 19)), 6, 32);
  context.fillStyle = "#fbbf24";
  context.fillRect(WIDTH - 28, clamp(y - 16 + 12 * Math.cos(frame / 23)), 6, 32);
  context.fillStyle = INK;
  context.fillRect(Math.round(x) - 3, Math.round(y) - 3, 6, 6);
}

function drawFigure(context: CanvasRenderingContext2D, figure: number, x: number): void {
  FIGURES[figure]?.forEach((row, line) => {
    for (let bit = 0; bit < 3; bit++) {
      if (row & (4 >> bit)) context.fillRect(x + bit * 5, 28 + line * 5, 5, 5);
    }
  });
}

/** −1 … 1 … −1, once a unit. */
function triangle(turn: number): number {
  return 4 * Math.abs(turn - Math.floor(turn + 0.5)) - 1;
}

function clamp(y: number): number {
  return Math.round(Math.min(HEIGHT - 50, Math.max(18, y)));
}

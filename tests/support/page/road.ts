/**
 * A picture as the camera of a small vehicle has it: a road between grass verges, with posts that pass by. The same
 * frame number gives the same picture.
 *
 * @module
 */
const WIDTH = 640;
const HEIGHT = 360;
const HORIZON = 150;

export function drawRoad(
  context: CanvasRenderingContext2D,
  { frame, scale }: { readonly frame: number; readonly scale: number },
): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const sky = context.createLinearGradient(0, 0, 0, HORIZON);
  sky.addColorStop(0, "#5d8fb8");
  sky.addColorStop(1, "#cfdfe6");
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HORIZON);
  context.fillStyle = "#4f6b4a";
  context.fillRect(0, HORIZON, WIDTH, HEIGHT - HORIZON);
  context.fillStyle = "#38503a";
  for (let x = 0; x < WIDTH; x += 4) {
    context.fillRect(x, HORIZON - 10 - 8 * Math.sin(x / 31) - 4 * Math.sin(x / 7), 4, 24);
  }
  context.fillStyle = "#5a5d60";
  road(context, 300);
  for (let mark = 0; mark < 9; mark++) {
    const depth = ((mark + frame / 20) % 9) / 9;
    const y = HORIZON + depth * depth * (HEIGHT - HORIZON);
    const size = 2 + 26 * depth * depth;
    context.fillStyle = "#d9d4c4";
    context.fillRect(WIDTH / 2 - size / 5, y, size / 2.5, size);
    context.fillStyle = "#e8e4da";
    for (const side of [-1, 1]) {
      const x = WIDTH / 2 + side * (18 + 330 * depth * depth);
      context.fillRect(x, y - size * 1.6, 1 + 5 * depth, size * 1.6);
    }
  }
}

function road(context: CanvasRenderingContext2D, half: number): void {
  context.beginPath();
  context.moveTo(WIDTH / 2 - 12, HORIZON);
  context.lineTo(WIDTH / 2 + 12, HORIZON);
  context.lineTo(WIDTH / 2 + half, HEIGHT);
  context.lineTo(WIDTH / 2 - half, HEIGHT);
  context.fill();
}

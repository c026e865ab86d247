/**
 * A picture that looks like a camera's: a sea port at dusk with boats and moving water. The same frame
 * number gives the same picture.
 *
 * @module
 */
const WIDTH = 640;
const HEIGHT = 360;
const HORIZON = 190;

export function drawScene(
  context: CanvasRenderingContext2D,
  { frame, scale }: { readonly frame: number; readonly scale: number },
): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const sky = context.createLinearGradient(0, 0, 0, HORIZON);
  sky.addColorStop(0, "#1d3557");
  sky.addColorStop(0.6, "#7d6b8a");
  sky.addColorStop(1, "#f0a868");
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HORIZON);
  context.fillStyle = "#ffd9a0";
  circle(context, { x: 430, y: HORIZON - 18, radius: 22 });
  drawHills(context);
  drawWater(context, frame);
  drawBoat(context, { x: 760 - (frame * 0.8) % 900, y: 232, size: 1.5 });
  drawBoat(context, { x: -80 + (frame * 0.45) % 800, y: 212, size: 0.9 });
  drawPier(context);
}

function drawHills(context: CanvasRenderingContext2D): void {
  context.fillStyle = "#3b4a63";
  context.beginPath();
  context.moveTo(0, HORIZON);
  for (let x = 0; x <= WIDTH; x += 8) {
    context.lineTo(x, HORIZON - 26 - 16 * Math.sin(x / 70) - 7 * Math.sin(x / 23));
  }
  context.lineTo(WIDTH, HORIZON);
  context.fill();
  context.fillStyle = "#ffe0a3";
  for (let light = 0; light < 26; light++) {
    context.fillRect((light * 97) % WIDTH, HORIZON - 6 - (light * 13) % 16, 2, 2);
  }
}

function drawWater(context: CanvasRenderingContext2D, frame: number): void {
  const water = context.createLinearGradient(0, HORIZON, 0, HEIGHT);
  water.addColorStop(0, "#c98f6b");
  water.addColorStop(0.25, "#4d5f78");
  water.addColorStop(1, "#16263c");
  context.fillStyle = water;
  context.fillRect(0, HORIZON, WIDTH, HEIGHT - HORIZON);
  context.fillStyle = "rgb(255 220 170 / 0.16)";
  for (let wave = 0; wave < 120; wave++) {
    const depth = (wave % 40) / 40;
    const y = HORIZON + 4 + depth * depth * (HEIGHT - HORIZON);
    const drift = Math.sin(frame / 34 + wave) * 14 * (0.3 + depth);
    context.fillRect((wave * 173) % WIDTH + drift, y, 10 + 46 * depth, 1 + 1.4 * depth);
  }
}

function drawBoat(
  context: CanvasRenderingContext2D,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
): void {
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  context.fillStyle = "#0e1826";
  context.beginPath();
  context.moveTo(-30, 0);
  context.lineTo(32, 0);
  context.lineTo(24, 10);
  context.lineTo(-24, 10);
  context.fill();
  context.fillStyle = "#f3ede2";
  context.beginPath();
  context.moveTo(-2, -46);
  context.lineTo(-2, -3);
  context.lineTo(-26, -3);
  context.fill();
  context.beginPath();
  context.moveTo(2, -40);
  context.lineTo(2, -3);
  context.lineTo(20, -3);
  context.fill();
  context.restore();
}

function drawPier(context: CanvasRenderingContext2D): void {
  context.fillStyle = "#0b131e";
  context.fillRect(0, 318, 210, 8);
  for (let post = 12; post < 210; post += 44) context.fillRect(post, 300, 7, 60);
}

function circle(
  context: CanvasRenderingContext2D,
  { x, y, radius }: { readonly x: number; readonly y: number; readonly radius: number },
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

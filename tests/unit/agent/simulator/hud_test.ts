import { ok } from "node:assert/strict";
import { startCar } from "../../../../agent/simulator/drive.ts";
import { drawHud } from "../../../../agent/simulator/picture/hud.ts";
import { Canvas } from "../../../../media/pattern/canvas.ts";

Deno.test("[CAR5] words and bars stand at the left edge where pages have nothing, at every size", () => {
  for (const [width, height] of [[320, 180], [640, 360], [1280, 720]] as const) {
    for (const driven of [true, false]) {
      const canvas = new Canvas(width, height);
      drawHud(canvas, { car: startCar(0), frame: 0, driven });
      const pixels = new Uint32Array(canvas.picture.data.buffer);
      const drawn = (column: number, row: number) => pixels[row * width + column] !== 0;
      for (let row = 0; row < height; row++) {
        // The code of the picture stands in the lower right corner.
        for (let column = 0; column < width / 2; column++) {
          const isFree = row >= height * 0.35 && row <= height * 0.49 && column <= width * 0.35;
          ok(isFree || !drawn(column, row), `${width}×${height}: ${column}, ${row}`);
        }
      }
      ok(drawn(Math.round(width * 0.03), Math.round(height * 0.38)));
    }
  }
});

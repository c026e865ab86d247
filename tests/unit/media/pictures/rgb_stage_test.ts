import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { half, planesOf } from "../../../../media/pictures/planes.ts";
import { RgbStage } from "../../../../media/pictures/rgb_stage.ts";
import type { Picture } from "../../../../media/ports.ts";

Deno.test("[ENC1] pictures of any size and stride have the luma and chroma of BT.601, to the bit", () => {
  const pictures = fc.record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 9 }),
    padding: fc.integer({ min: 0, max: 9 }),
    seed: fc.integer(),
  });
  fc.assert(fc.property(pictures, ({ width, height, padding, seed }) => {
    const stride = 4 * width + padding;
    const data = Uint8Array.from({ length: stride * height }, (_, at) => noise(at + seed));
    const picture: Picture = { data, format: "xrgb8888", width, height, stride };
    using stage = new RgbStage(picture);
    const frame = stage.convert(data, planesOf(picture));
    deepEqual([frame.width, frame.height], [2 * half(width), 2 * half(height)]);
    const plane = (index: number, columns: number, rows: number) =>
      Array.from({ length: rows }, (_, y) => {
        const start = y * frame.linesize[index]!;
        return [...frame.data![index]!.subarray(start, start + columns)];
      });
    deepEqual(plane(0, frame.width, frame.height), lumaOf(picture));
    deepEqual(plane(1, half(width), half(height)), chromaOf(picture, [-2428, -4768, 7196]));
    deepEqual(plane(2, half(width), half(height)), chromaOf(picture, [7196, -6026, -1170]));
  }));
});

type Weights = readonly [red: number, green: number, blue: number];

function lumaOf(picture: Picture): number[][] {
  return Array.from(
    { length: 2 * half(picture.height) },
    (_, y) =>
      Array.from(
        { length: 2 * half(picture.width) },
        (_, x) => 16 + rounded(weighed(picture, { x, y, weights: [4207, 8260, 1604] }), 14),
      ),
  );
}

function chromaOf(picture: Picture, weights: Weights): number[][] {
  return Array.from(
    { length: half(picture.height) },
    (_, y) =>
      Array.from({ length: half(picture.width) }, (_, x) => {
        const four = [[0, 0], [1, 0], [0, 1], [1, 1]].map(([right, down]) =>
          weighed(picture, { x: 2 * x + right!, y: 2 * y + down!, weights })
        );
        return 128 + rounded(four.reduce((sum, each) => sum + each), 16);
      }),
  );
}

/** The weighted sum of a pixel's colours; beyond the last pixel the last one counts. */
function weighed(
  { data, width, height, stride }: Picture,
  { x, y, weights: [red, green, blue] }: { x: number; y: number; weights: Weights },
): number {
  const at = Math.min(y, height - 1) * stride + 4 * Math.min(x, width - 1);
  return blue * data[at]! + green * data[at + 1]! + red * data[at + 2]!;
}

function rounded(sum: number, bits: number): number {
  return (sum + (1 << bits - 1)) >> bits;
}

function noise(at: number): number {
  return Math.imul(at ^ at >>> 15, 0x2c1b3c6d) >>> 24;
}

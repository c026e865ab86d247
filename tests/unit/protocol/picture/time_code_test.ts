import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Image } from "../../../../protocol/picture/luma.ts";
import {
  readTimeCode,
  TIME_CODE_BLOCKS,
  timeCodeAge,
  timeCodeBlock,
  timeCodeBlocks,
} from "../../../../protocol/picture/time_code.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const NOW = 1_763_000_000_123.4;
const WRAP = 2 ** 40 / 10;
/** What a reader makes of {@linkcode NOW}. */
const READ = 10 * NOW % 2 ** 40 / 10;

function draw(
  instant: number,
  { width = 640, height = 480, black = 0, white = 255, noise = 0 } = {},
): Image {
  const data = new Uint8Array(width * height).fill(90);
  const random = new SeededRandom(7);
  const blocks = timeCodeBlocks(instant);
  for (let index = 0; index < TIME_CODE_BLOCKS; index++) {
    const { left, right, top, bottom } = timeCodeBlock(index, width);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const luma = blocks[index] ? white : black;
        data[y * width + x] = luma + (random.unit() - 0.5) * noise;
      }
    }
  }
  return { data, width, height };
}

Deno.test("[COD1] an instant is read as it was drawn, to a tenth of a millisecond", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 44 }), (units) => {
    equal(readTimeCode(draw(units / 10, { width: 240, height: 60 })), (units % 2 ** 40) / 10);
  }));
});

for (const width of [96, 160, 256, 320, 640, 853, 1280, 1920]) {
  Deno.test(`[COD1] it is read from a picture ${width} pixels wide`, () => {
    equal(readTimeCode(draw(NOW, { width, height: Math.round(width * 3 / 4) })), READ);
  });
}

Deno.test("[COD1] dull and noisy pictures are read, as limited range and a low bitrate make them", () => {
  equal(readTimeCode(draw(NOW, { black: 50, white: 200, noise: 90 })), READ);
});

Deno.test("[COD1] luma and RGBA give the same number", () => {
  const { data, width, height } = draw(NOW);
  const rgba = new Uint8ClampedArray(data.length * 4);
  data.forEach((luma, i) => rgba.set([luma, luma, luma, 255], i * 4));
  equal(readTimeCode({ data: rgba, width, height }), READ);
});

Deno.test("[COD2] a plain picture has no time code", () => {
  for (const luma of [0, 128, 255]) {
    const data = new Uint8Array(640 * 480).fill(luma);
    equal(readTimeCode({ data, width: 640, height: 480 }), undefined);
  }
});

Deno.test("[COD2] one wrong block is noticed, whichever it is", () => {
  for (let index = 0; index < TIME_CODE_BLOCKS; index++) {
    const image = draw(NOW);
    const { left, right, top, bottom } = timeCodeBlock(index, image.width);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        image.data[y * image.width + x] = 255 - image.data[y * image.width + x]!;
      }
    }
    equal(readTimeCode(image), undefined, `block ${index}`);
  }
});

Deno.test("[COD2] noise is hardly ever taken for a code", () => {
  const random = new SeededRandom(3);
  let read = 0;
  for (let round = 0; round < 500; round++) {
    if (readTimeCode({ data: random.bytes(48 * 8), width: 48, height: 8 }) !== undefined) read++;
  }
  ok(read < 12, `${read} of 500`);
});

Deno.test("[COD3] an age is right on both sides of the code's wrap", () => {
  equal(timeCodeAge(100, 120), 20);
  equal(timeCodeAge(NOW % WRAP, NOW + 16).toFixed(1), "16.0");
  equal(timeCodeAge(WRAP - 5, WRAP * 3 + 10).toFixed(1), "15.0");
  equal(timeCodeAge(10, WRAP - 5).toFixed(1), "-15.0");
});

Deno.test("[COD2] any bytes of any size are read without an exception", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2000 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 40 }),
      (data, width, height) => void readTimeCode({ data, width, height }),
    ),
  );
});

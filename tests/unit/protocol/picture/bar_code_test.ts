import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { type BarCode, readBarCode } from "../../../../protocol/picture/bar_code.ts";
import type { Image } from "../../../../protocol/picture/luma.ts";

const SKY = 147;

/** The strip as the game draws it on 256 × 240 pixels, without `crop` lines at the top and the bottom. */
function draw({ frame, lit }: BarCode, { crop = 0 } = {}): Image {
  const width = 256;
  const height = 240 - 2 * crop;
  const data = new Uint8Array(width * height).fill(lit ? SKY : 0);
  const bits = Array.from({ length: 8 }, (_, i) => frame >> (7 - i) & 1);
  [1, 0, ...bits, 0, 1].forEach((on, lamp) => {
    for (let y = 209; y < 223; y++) {
      for (let x = 1; x < 15; x++) {
        data[(y - crop) * width + 32 + lamp * 16 + x] = on ? 255 : 0;
      }
    }
  });
  return { data, width, height };
}

/** Scales by nearest pixel. */
function scale(image: Image, { width, height }: { width: number; height: number }): Image {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const column = Math.floor((i % width + 0.5) * image.width / width);
    const row = Math.floor((Math.floor(i / width) + 0.5) * image.height / height);
    return image.data[row * image.width + column]!;
  });
  return { data, width, height };
}

for (const crop of [0, 8]) {
  Deno.test(`[COD4] every count is read, lit or not, with ${crop} lines cropped`, () => {
    for (let frame = 0; frame < 256; frame++) {
      for (const lit of [false, true]) {
        deepEqual(readBarCode(draw({ frame, lit }, { crop })), { frame, lit });
      }
    }
  });
}

Deno.test("[COD4] the strip is read at any scale", () => {
  const sizes = [[128, 120], [256, 240], [320, 240], [512, 448], [768, 720], [1024, 768]] as const;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      fc.constantFrom(...sizes),
      (frame, lit, [width, height]) => {
        deepEqual(readBarCode(scale(draw({ frame, lit }), { width, height })), { frame, lit });
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("[COD2] a picture without the strip has no bar code", () => {
  for (const luma of [0, 100, 255]) {
    const data = new Uint8Array(256 * 240).fill(luma);
    equal(readBarCode({ data, width: 256, height: 240 }), undefined);
  }
});

Deno.test("[COD2] any bytes of any size are read without an exception", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2000 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 40 }),
      (data, width, height) => void readBarCode({ data, width, height }),
    ),
  );
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { Canvas } from "../../../../media/pattern/canvas.ts";
import { carCodeBlock, carCodeBlocks, readCarCode } from "../../../../protocol/picture/car_code.ts";

/** A grey picture with a code in it. */
function drawn(
  code: Parameters<typeof carCodeBlocks>[0],
  { width = 640, height = 360, spoilt = -1 } = {},
) {
  const canvas = new Canvas(width, height);
  canvas.fill({ left: 0, top: 0, right: width, bottom: height }, 0x5f9a47);
  carCodeBlocks(code).forEach((isLit, index) => {
    const white = isLit === 1 !== (index === spoilt);
    canvas.fill(carCodeBlock(index, { width, height }), white ? 0xf2f4f5 : 0x101418);
  });
  return { data: canvas.picture.data, width, height };
}

Deno.test("[CAR5] the code in a picture gives back frame, steering and throttle, at any size", () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(
    fc.nat(100_000),
    value,
    value,
    fc.constantFrom({ width: 640, height: 360 }, { width: 1280, height: 720 }, {
      width: 960,
      height: 540,
    }),
    (frame, steering, throttle, size) => {
      const found = readCarCode(drawn({ frame, steering, throttle }, size));
      equal(found?.frame, frame % 256);
      ok(Math.abs(found!.steering - steering) < 1 / 127);
      ok(Math.abs(found!.throttle - throttle) < 1 / 127);
    },
  ));
});

Deno.test("[CAR5] a picture without the code, or with a wrong block, has none", () => {
  const plain = new Canvas(640, 360);
  deepEqual(readCarCode({ ...plain.picture }), undefined);
  const code = { frame: 7, steering: 0.5, throttle: 0 };
  for (let spoilt = 0; spoilt < 32; spoilt++) {
    equal(readCarCode(drawn(code, { spoilt })), undefined);
  }
});

import { equal } from "node:assert/strict";
import { hasOtherPixels, readChoice, shapeOf } from "../../../web/play/media/shape.ts";

const NES = { width: 256, height: 240, aspect: 256 * 8 / 7 / 240 };
const UPRIGHT = { width: 224, height: 320, aspect: 3 / 4 };
const SQUARE = { width: 640, height: 360, aspect: 16 / 9 };

Deno.test("[PLY31] a picture has the shape that its room reports, or square pixels by choice", () => {
  equal(shapeOf(NES, "display"), NES.aspect);
  equal(shapeOf(NES, "square"), 256 / 240);
  equal(shapeOf(UPRIGHT, "display"), 3 / 4);
  equal(shapeOf(UPRIGHT, "square"), 0.7);
});

Deno.test("[PLY31] before the room reports a shape the picture is four to three", () => {
  equal(shapeOf(undefined, "display"), 4 / 3);
  equal(shapeOf({ width: 0, height: 0, aspect: 0 }, "display"), 4 / 3);
  equal(shapeOf({ width: 0, height: 0, aspect: 1.5 }, "square"), 1.5);
});

Deno.test("[PLY31] the choice is offered where it makes a difference", () => {
  equal(hasOtherPixels(NES), true);
  equal(hasOtherPixels(SQUARE), false);
  equal(hasOtherPixels(undefined), false);
  equal(hasOtherPixels({ width: 0, height: 0, aspect: 1 }), false);
});

Deno.test("[PLY31] with forbidden, empty or invalid storage the page uses the picture's own shape", () => {
  const stored = (value: string | null) => readChoice(() => ({ getItem: () => value }));
  equal(stored("square"), "square");
  equal(stored(null), "display");
  equal(stored("round"), "display");
  const forbidden = () => {
    throw new DOMException("denied", "SecurityError");
  };
  equal(readChoice(forbidden), "display");
});

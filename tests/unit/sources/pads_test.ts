import { equal } from "node:assert/strict";
import { buttonBit, NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import { buttonsWithStick } from "../../../worker/sources/pads.ts";
import { held } from "../../support/screen.ts";

const leaning = (x: number, y: number) => buttonsWithStick({ ...NEUTRAL_PAD, axes: [x, y, 0, 0] });

Deno.test("[SRC5] a stick at half of its range presses a direction", () => {
  equal(leaning(0x4000, 0), buttonBit("right"));
  equal(leaning(-0x4000, 0), buttonBit("left"));
  equal(leaning(0, 0x4000), buttonBit("down"));
  equal(leaning(0, -0x4000), buttonBit("up"));
  equal(leaning(-0x8000, 0x7fff), buttonBit("left") | buttonBit("down"));
});

Deno.test("[SRC5] a stick near its centre presses none, and the right stick never does", () => {
  equal(leaning(0x3fff, -0x3fff), 0);
  equal(buttonsWithStick({ ...NEUTRAL_PAD, axes: [0, 0, 0x7fff, 0x7fff] }), 0);
});

Deno.test("[SRC5] buttons are passed on unchanged", () => {
  equal(buttonsWithStick(held("a", "up")), buttonBit("a") | buttonBit("up"));
});

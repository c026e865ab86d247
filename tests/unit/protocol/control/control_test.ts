import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  buttonBit,
  BUTTONS,
  isNeutral,
  isNewer,
  NEUTRAL_PAD,
  type PadState,
  samePad,
} from "../../../../protocol/control/pad.ts";

Deno.test("[PAD2] buttons stand in RetroPad order", () => {
  equal(BUTTONS.length, 16);
  equal(buttonBit("b"), 1);
  equal(buttonBit("start"), 8);
  equal(buttonBit("a"), 256);
  equal(buttonBit("r3"), 0x8000);
});

Deno.test("[PAD3] a later sequence is newer, across the wrap-around too", () => {
  ok(isNewer(1, 0));
  ok(isNewer(0, 65535));
  ok(isNewer(32767, 0));
  ok(!isNewer(32768, 0));
  ok(!isNewer(7, 7));
  ok(!isNewer(65535, 0));
});

Deno.test("[PAD3] of two sequences less than half the circle apart exactly one is newer", () => {
  const seq = fc.integer({ min: 0, max: 65535 });
  fc.assert(fc.property(seq, fc.integer({ min: 1, max: 32767 }), (last, ahead) => {
    const next = (last + ahead) % 65536;
    ok(isNewer(next, last) && !isNewer(last, next));
  }));
});

Deno.test("[PAD2] two pads are the same when all but the sequence is", () => {
  const pad: PadState = { seq: 1, buttons: 3, axes: [1, 2, 3, 4], triggers: [5, 6] };
  ok(samePad(pad, { ...pad, seq: 9 }));
  ok(!samePad(pad, { ...pad, buttons: 2 }));
  ok(!samePad(pad, { ...pad, axes: [1, 2, 3, 5] }));
  ok(!samePad(pad, { ...pad, triggers: [5, 7] }));
});

Deno.test("[PAD2] a pad is neutral when nothing is held or moved", () => {
  const moved: readonly PadState[] = [
    { ...NEUTRAL_PAD, buttons: 1 },
    { ...NEUTRAL_PAD, axes: [0, 0, 0, -1] },
    { ...NEUTRAL_PAD, triggers: [0, 1] },
  ];
  ok(isNeutral({ ...NEUTRAL_PAD, seq: 700 }));
  deepEqual(moved.map(isNeutral), [false, false, false]);
});

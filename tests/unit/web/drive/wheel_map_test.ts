import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  beginWheel,
  skipPart,
  stepWheel,
  type WheelSetup,
} from "../../../../web/play/drive/input/wheel_map.ts";

interface Step {
  readonly axes?: readonly number[];
  readonly held?: readonly number[];
  readonly wait?: number;
}

/** Feeds readings 50 ms apart; each may last longer. */
function play(setup: WheelSetup, steps: readonly Step[], start = 0): WheelSetup {
  let at = start;
  for (const { axes = [0, 1, 1], held = [], wait = 50 } of steps) {
    const buttons = Array.from({ length: 10 }, (_, i) => ({ pressed: held.includes(i) }));
    for (let passed = 0; passed < wait; passed += 50) {
      setup = stepWheel(setup, { axes, buttons }, (at += 50) as Millis);
    }
  }
  return setup;
}

const REST = { axes: [0, 1, 1], wait: 500 };
const FRESH = beginWheel({ axes: [0, 0, 0], buttons: [] });

Deno.test("[DPG5] each part is pushed and let go; a pedal that was reported as 0 at first has its true rest", () => {
  const done = play(FRESH, [
    // The wheel, slowly to its end and back; pedals are reported as 0 until they are pressed.
    { axes: [0.3, 0, 0] },
    { axes: [0.6, 0, 0] },
    { axes: [0.95, 0, 0] },
    { axes: [0.5, 0, 0] },
    { axes: [0.01, 0, 0], wait: 500 },
    { axes: [0, -0.5, 0] },
    { axes: [0, -1, 0], wait: 1_000 },
    { axes: [0, 0.2, 0] },
    { axes: [0, 1, 0], wait: 500 },
    { axes: [0, 1, -1] },
    REST,
    { held: [7] },
    { held: [] },
  ]);
  deepEqual(done, {
    state: "done",
    map: {
      right: { axis: 0, rest: 0.01, pushed: 0.95 },
      forward: { axis: 1, rest: 1, pushed: -1 },
      back: { axis: 2, rest: 1, pushed: -1 },
      hold: { button: 7 },
    },
  });
  equal(play(done, [REST]), done);
});

Deno.test("[DPG5] a part without use for it can be left out, and only that one", () => {
  equal(skipPart(FRESH), FRESH);
  const asked = play(FRESH, [
    { axes: [1, 0, 0] },
    { axes: [0, 0, 0], wait: 500 },
    { axes: [0, -1, 0] },
    { axes: [0, 1, 0], wait: 500 },
  ]);
  equal(asked.state === "asking" && asked.at, 2);
  const done = play(skipPart(asked), [{ axes: [0, 1, 0], held: [0] }, { axes: [0, 1, 0] }]);
  equal(done.state, "done");
  equal(done.state === "done" && done.map.back, undefined);
});

Deno.test("[DPG5] a small move or a button that was held before is no part", () => {
  equal(play(FRESH, [{ axes: [0.3, 0, 0], wait: 2_000 }]), FRESH);
  const buttons = [{ pressed: true }];
  const held = beginWheel({ axes: [0], buttons });
  equal(stepWheel(held, { axes: [0], buttons }, 50 as Millis), held);
});

Deno.test("[DPG5] two pedals on one axis push it two ways", () => {
  const back = { axes: [0, 0, 0], wait: 500 };
  const done = play(FRESH, [
    { axes: [1, 0, 0] },
    back,
    { axes: [0, -1, 0] },
    back,
    { axes: [0, 1, 0] },
    back,
    { axes: [0, 0, 0], held: [1] },
    back,
  ]);
  deepEqual(done.state === "done" && [done.map.forward, done.map.back], [
    { axis: 1, rest: 0, pushed: -1 },
    { axis: 1, rest: 0, pushed: 1 },
  ]);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { DriveState } from "../../../../protocol/control/control.ts";
import type { GamepadReading } from "../../../../web/play/input/gamepad.ts";
import { leanOf, pushOfThumb, steeringOfLean } from "../../../../web/play/drive/input/hands.ts";
import { rampKeys } from "../../../../web/play/drive/input/keys.ts";
import { readSticks } from "../../../../web/play/drive/input/sticks.ts";
import type { WheelMap } from "../../../../web/play/drive/input/wheel_map.ts";
import { isAtRest, mergeWishes, REST, shapeWish } from "../../../../web/play/drive/input/wish.ts";

function near(actual: number, expected: number, what = ""): void {
  ok(Math.abs(actual - expected) < 0.01, `${what} ${actual} is not about ${expected}`);
}

function pad(change: {
  readonly axes?: readonly number[];
  readonly pressed?: Readonly<Record<number, number>>;
  readonly mapping?: string;
}): GamepadReading {
  const buttons = Array.from({ length: 17 }, (_, i) => {
    const value = change.pressed?.[i] ?? 0;
    return { pressed: value > 0.1, value };
  });
  return {
    id: "pad",
    mapping: change.mapping ?? "standard",
    connected: true,
    buttons,
    axes: change.axes ?? [0, 0, 0, 0],
  };
}

Deno.test("[DPG1] of each axis the device that pushes furthest counts", () => {
  deepEqual(
    mergeWishes([{ steering: 0.2, throttle: -1 }, { steering: -0.5, throttle: 0.4 }]),
    { steering: -0.5, throttle: -1 },
  );
  deepEqual(mergeWishes([]), REST);
});

Deno.test("[DPG2] the curve keeps middle, ends and signs, and the limit is never passed", () => {
  const any = fc.double({ min: -3, max: 3 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(any, any, share, share, (steering, throttle, expo, maxThrottle) => {
    const shaped = shapeWish({ steering, throttle }, { expo, maxThrottle });
    ok(Math.abs(shaped.steering) <= 1 && Math.abs(shaped.throttle) <= maxThrottle);
    ok(Number.isNaN(steering) || shaped.steering * steering >= 0);
  }));
  for (const expo of [0, 0.5, 1]) {
    const ends = shapeWish({ steering: -1, throttle: 1 }, { expo, maxThrottle: 0.5 });
    deepEqual(ends, { steering: -1, throttle: 0.5 });
  }
  near(shapeWish({ steering: 0.5, throttle: 0 }, { expo: 1, maxThrottle: 1 }).steering, 0.125);
});

Deno.test("[DPG3] a held key pushes in steps of time, and goes back more quickly", () => {
  const run = (from: DriveState, keys: readonly string[], times: readonly number[]) =>
    times.reduce((state, ms) => rampKeys(state, keys, ms), from);
  const half = run(REST, ["KeyD", "ArrowUp"], [50, 50, 50, 50]);
  near(half.steering, 0.5);
  near(half.throttle, 0.3);
  equal(run(half, ["KeyD"], [100, 100, 100]).steering, 1);
  equal(run({ steering: 1, throttle: 1 }, [], [100, 100]), REST, "at rest after 167 ms");
  near(
    run({ steering: 0.6, throttle: 0 }, ["KeyA"], [100, 100]).steering,
    -0.25,
    "across the middle",
  );
  near(run({ steering: 1, throttle: 0 }, ["KeyA", "KeyD"], [50]).steering, 0.7, "both keys");
  near(run(REST, ["KeyW"], [60_000]).throttle, 0.15, "a page that slept");
});

Deno.test("[DPG3] the steps of time do not matter, only their sum", () => {
  const keys = fc.subarray(["KeyA", "KeyD", "KeyW", "ArrowDown"]);
  fc.assert(
    fc.property(
      keys,
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
      (held, steps) => {
        const from = { steering: -0.4, throttle: 0.2 };
        const inSteps = steps.reduce((state, ms) => rampKeys(state, held, ms), from);
        const atOnce = rampKeys(from, held, steps.reduce((sum, ms) => sum + ms, 0));
        ok(Math.abs(inSteps.steering - atOnce.steering) < 1e-9);
        ok(Math.abs(inSteps.throttle - atOnce.throttle) < 1e-9);
      },
    ),
  );
});

Deno.test("[DPG4] a pad steers with its left stick, and drives with triggers or right stick", () => {
  const wish = (reading: GamepadReading) => readSticks([reading], {})!.wish;
  deepEqual(wish(pad({ axes: [0.08, 0.3, 0, 0.05] })), REST, "within the dead zones");
  deepEqual(wish(pad({ axes: [-1, 0, 0, 0], pressed: { 7: 1 } })), { steering: -1, throttle: 1 });
  near(wish(pad({ pressed: { 6: 0.8, 7: 0.1 } })).throttle, -0.7);
  near(wish(pad({ axes: [0, 0, 0, -1] })).throttle, 1);
  equal(readSticks([pad({ pressed: { 5: 1 } })], {})!.held, true);
  equal(readSticks([pad({ pressed: { 0: 1 } })], {})!.held, false);
});

Deno.test("[DPG4] what is not plugged in, has no layout or says nonsense does not steer", () => {
  equal(readSticks([null, pad({ mapping: "" }), { ...pad({}), connected: false }], {}), undefined);
  deepEqual(readSticks([pad({ axes: [NaN, 0, 0, Infinity] })], {})!.wish, REST);
  deepEqual(readSticks([{ ...pad({}), axes: [], buttons: [] }], {})!.wish, REST);
});

Deno.test("[DPG5] a wheel with a map has pedals that rest at their end", () => {
  const map: WheelMap = {
    right: { axis: 0, rest: 0, pushed: 0.9 },
    forward: { axis: 2, rest: 1, pushed: -1 },
    back: { axis: 3, rest: 1, pushed: -1 },
    hold: { button: 8 },
  };
  const read = (axes: readonly number[], pressed = {}) =>
    readSticks([pad({ mapping: "", axes, pressed })], { pad: map })!;
  deepEqual(read([0, 0, 1, 1]), { wish: REST, held: false });
  deepEqual(read([-0.9, 0, -1, 1], { 8: 1 }), {
    wish: { steering: -1, throttle: 1 },
    held: true,
  });
  near(read([0.45, 0, 1, 0]).wish.steering, 0.48);
  near(read([0, 0, 1, 0]).wish.throttle, -0.48);
});

Deno.test("[DPG6] a thumb is at rest where it is put down", () => {
  equal(pushOfThumb(3, 60), 0);
  equal(pushOfThumb(-90, 60), -1);
  near(pushOfThumb(30, 60), 0.468);
});

Deno.test("[DPG6] a phone that is leaned steers, whichever way it is held", () => {
  const ways: readonly [beta: number, gamma: number, angle: number, lean: number][] = [
    [0, 0, 0, 0],
    [0, 20, 0, 20],
    [40, 0, 0, 0],
    [0, -20, 180, 20],
    [20, 0, 90, 20],
    [-20, 0, 270, 20],
    [15, -60, 90, 15],
  ];
  for (const [beta, gamma, angle, lean] of ways) {
    near(leanOf({ beta, gamma }, angle)!, lean, `${beta} ${gamma} at ${angle}`);
  }
  equal(leanOf({ beta: null, gamma: 1 }, 0), undefined);
  equal(steeringOfLean(11, 10), 0);
  equal(steeringOfLean(80, 10), 1);
  equal(steeringOfLean(-30, 10), -1);
});

Deno.test("[DPG7] a vehicle is armed only with nothing pushed", () => {
  equal(isAtRest({ steering: 0.05, throttle: -0.05 }), true);
  equal(isAtRest({ steering: 0.06, throttle: 0 }), false);
});

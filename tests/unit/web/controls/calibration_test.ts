import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  Calibration,
  circle,
  measured,
  type Measuring,
  readStick,
  takeRest,
  UNMEASURED,
} from "../../../../web/play/input/calibration.ts";
import { readOne } from "../../../../web/play/input/gamepad.ts";

function circling(rest: readonly number[]): Measuring {
  const after = takeRest(rest);
  ok(!("error" in after));
  return after;
}

Deno.test("[HND5] a worn stick is centred at its rest and full at its reach", () => {
  let measuring = circling([0.2, -0.1, 0, 0]);
  for (let turn = 0; turn < 8; turn++) {
    const [x, y] = [Math.cos(turn * Math.PI / 4) * 0.7, Math.sin(turn * Math.PI / 4) * 0.7];
    measuring = circle(measuring, [0.2 + x, -0.1 + y, 0, 0]);
  }
  ok(measuring.state === "circling");
  const sticks = measured(measuring, 0.1);
  equal(Calibration.safeParse(sticks).success, true);
  equal(sticks.reach[1], 1, "a stick that was not moved keeps its reach");
  deepEqual(readStick([0.2, -0.1, 0, 0], 0, sticks), [0, 0]);
  deepEqual(readStick([0.25, -0.1, 0, 0], 0, sticks), [0, 0]);
  ok(Math.abs(readStick([0.9, -0.1, 0, 0], 0, sticks)[0] - 1) < 1e-9);
  ok(readStick([0.5, -0.1, 0, 0], 0, UNMEASURED)[0] < 0.5);
});

Deno.test("[HND5] a stick that is held is no rest", () => {
  const after = takeRest([0, 0, 0.9, 0]);
  ok("error" in after);
  match(after.error, /Let go of both sticks/);
  deepEqual(takeRest([NaN, 0]), { state: "circling", rest: [0, 0, 0, 0], reach: [0, 0] });
});

Deno.test("[HND5] whatever was measured, a stick stays within full tilt and keeps its direction", () => {
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  const half = fc.double({ min: -0.5, max: 0.5, noNaN: true });
  const sticks = fc.record({
    dead_zone: fc.double({ min: 0, max: 0.5, noNaN: true }),
    rest: fc.tuple(half, half, half, half),
    reach: fc.tuple(
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      fc.double({ min: 0.5, max: 1, noNaN: true }),
    ),
  });
  fc.assert(fc.property(unit, unit, sticks, (x, y, each) => {
    const [a, b] = readStick([0, 0, x, y], 2, each);
    ok(Math.hypot(a, b) <= 1 + 1e-9);
    ok(a * (x - each.rest[2]) >= 0 && b * (y - each.rest[3]) >= 0);
  }));
});

Deno.test("[HND5] a calibration belongs to its gamepad alone", () => {
  const pad = (id: string) => ({
    id,
    mapping: "standard",
    connected: true,
    buttons: [],
    axes: [0.3, 0, 0, 0],
  });
  const calibrations = { Worn: { ...UNMEASURED, dead_zone: 0.5 } };
  equal(readOne(pad("Worn"), {}, calibrations)!.axes[0], 0);
  ok(readOne(pad("New"), {}, calibrations)!.axes[0] > 0);
  ok(readOne(pad("constructor"), {}, calibrations)!.axes[0] > 0);
});

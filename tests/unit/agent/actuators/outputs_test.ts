import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { readInput } from "../../../../agent/actuators/inputs.ts";
import {
  approach,
  findFault,
  OUTPUT_DEFAULTS,
  type OutputConfig,
  restWidth,
  valueFor,
  widthFor,
} from "../../../../agent/actuators/outputs.ts";
import { maskOf, NEUTRAL_PAD } from "../../../../protocol/control/pad.ts";

const STEERING: OutputConfig = { ...OUTPUT_DEFAULTS, input: "steering", output: 0 };

/** Any output that can be configured. */
const anyOutput = fc.record({
  min: fc.integer({ min: 500, max: 1400 }),
  max: fc.integer({ min: 1600, max: 2500 }),
  neutral: fc.integer({ min: 1450, max: 1550 }),
  trim: fc.integer({ min: -40, max: 40 }),
  inverted: fc.boolean(),
  expo: fc.double({ min: 0, max: 100, noNaN: true }),
  rate: fc.option(fc.double({ min: 1, max: 100_000, noNaN: true }), { nil: undefined }),
}).map((settings): OutputConfig => ({ ...STEERING, ...settings }));

Deno.test("[ACT1] an input moves its output between the ends, and rests at neutral with its trim", () => {
  const config = { ...STEERING, min: 1100, max: 1900, neutral: 1500, trim: 50 };
  deepEqual([-1, -0.5, 0, 0.5, 1].map((value) => widthFor(config, value)), [
    1100,
    1325,
    1550,
    1725,
    1900,
  ]);
  equal(restWidth(config), 1550);
  equal(widthFor({ ...config, inverted: true }, 1), 1100);
});

Deno.test("[ACT1] expo flattens the middle and leaves the ends", () => {
  const config = { ...STEERING, expo: 25 };
  deepEqual([-1, -0.5, 0, 0.5, 1].map((value) => widthFor(config, value)), [
    1000,
    1375,
    1500,
    1625,
    2000,
  ]);
});

Deno.test("[ACT1] every input of every output gives a width from min to max, growing with the input", () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(anyOutput, value, value, (config, a, b) => {
    equal(findFault(config), undefined);
    const [low, high] = [Math.min(a, b), Math.max(a, b)].map((each) => widthFor(config, each));
    for (const width of [low!, high!]) ok(width >= config.min && width <= config.max);
    ok(config.inverted ? low! >= high! : low! <= high!);
  }));
});

Deno.test("[DRV17] a width is read back as the input that asked for it", () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(anyOutput, value, (config, input) => {
    const back = valueFor(config, widthFor(config, input));
    // A steep curve leaves little of a small input.
    ok(Math.abs(back - input) < 0.01, `${input} became ${back}`);
  }));
  equal(valueFor(STEERING, restWidth(STEERING)), 0);
  equal(valueFor({ ...STEERING, min: 1500 }, 1400), 0);
});

Deno.test("[ACT2] the rate bounds what a width changes in a time", () => {
  const config = { ...STEERING, rate: 2000 };
  equal(approach(config, { from: 1500, to: 2000, elapsed: 10 }), 1520);
  equal(approach(config, { from: 1500, to: 1000, elapsed: 10 }), 1480);
  equal(approach(config, { from: 1500, to: 1510, elapsed: 10 }), 1510);
  equal(approach(STEERING, { from: 1500, to: 2000, elapsed: 0 }), 2000);
});

Deno.test("[ACT1] an output that cannot be so is refused with a reason", () => {
  const faults: [Partial<OutputConfig>, RegExp][] = [
    [{ min: 2000, max: 1000 }, /min must be below max/],
    [{ min: 100 }, /from 500 to 2500/],
    [{ max: NaN }, /from 500 to 2500/],
    [{ trim: 501 }, /neutral with its trim/],
    [{ neutral: NaN }, /neutral with its trim/],
    [{ expo: 101 }, /expo/],
    [{ rate: 0 }, /rate/],
    [{ output: 16 }, /output/],
    [{ output: 0.5 }, /output/],
  ];
  for (const [settings, reason] of faults) {
    ok(reason.test(findFault({ ...STEERING, ...settings })!));
  }
});

Deno.test("[ACT3] a pad and a drive state move the same inputs", () => {
  const drive = { steering: -0.25, throttle: 1 };
  equal(readInput(drive, "steering"), -0.25);
  equal(readInput(drive, "throttle"), 1);
  equal(readInput(drive, "button_a"), 0);
  const pad = {
    ...NEUTRAL_PAD,
    axes: [-0x8000, 0x7fff, 0, 0] as [number, number, number, number],
    triggers: [255, 0] as [number, number],
    buttons: maskOf(["a"]),
  };
  deepEqual(
    (["steering", "throttle", "left_x", "left_y", "left_trigger", "button_a", "button_b"] as const)
      .map((input) => readInput(pad, input)),
    [-1, -1, -1, 1, 1, 1, 0],
  );
});

Deno.test("[ACT3] what is no number in range is no input", () => {
  for (const value of [NaN, Infinity, 1.01, -1.01]) {
    equal(readInput({ steering: value, throttle: 0 }, "steering"), undefined);
  }
});

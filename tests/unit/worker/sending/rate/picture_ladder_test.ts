import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../../protocol/clock.ts";
import {
  enterLadder,
  type LadderState,
  stepLadder,
  topOfLadder,
} from "../../../../../worker/sending/rate/picture_ladder.ts";

const FLOOR = 750_000;

/** Steps four times a second for so many seconds. */
function play(
  target: number,
  seconds: number,
  { state = topOfLadder("main"), from = 0 }: { state?: LadderState; from?: number } = {},
) {
  for (let now = from; now < from + 1000 * seconds; now += 250) {
    state = stepLadder(state, { target, floor: FLOOR }, now as Millis);
  }
  return state;
}

Deno.test("[LAD1] fewer pictures come first, then smaller ones, then hardly any", () => {
  const at = (target: number) => play(target, 2).reduction;
  deepEqual(at(750_000), { every: 1, divisor: 1 });
  deepEqual(at(500_000), { every: 2, divisor: 1 });
  deepEqual(at(270_000), { every: 2, divisor: 2 });
  deepEqual(at(110_000), { every: 4, divisor: 2 });
  deepEqual(at(50_000), { every: 4, divisor: 4 });
  deepEqual(at(30_000), { every: 60, divisor: 4 });
});

Deno.test("[LAD1] a target that falls for a moment makes fewer pictures at once, and no smaller ones", () => {
  const low = play(110_000, 0.25, { state: play(750_000, 1), from: 1000 });
  deepEqual(low.reduction, { every: 4, divisor: 1 });
  const back = play(750_000, 0.25, { state: low, from: 1250 });
  deepEqual(back.reduction, { every: 1, divisor: 1 });
});

Deno.test("[LAD1] up goes one step in two seconds, and only with a margin", () => {
  const low = play(50_000, 2);
  equal(low.step, 4);
  equal(play(750_000, 1.5, { state: low, from: 2000 }).step, 3);
  equal(play(750_000, 5, { state: low, from: 2000 }).step, 1);
  equal(play(750_000, 60, { state: low, from: 2000 }).step, 1);
  equal(play(870_000, 60, { state: low, from: 2000 }).step, 0);
});

Deno.test("[LAY5] the small layer has half the size at most, then fewer and smaller pictures", () => {
  const at = (target: number) => play(target, 2, { state: topOfLadder("small") }).reduction;
  deepEqual(at(6_000_000), { every: 1, divisor: 2 });
  deepEqual(at(300_000), { every: 1, divisor: 2 });
  deepEqual(at(270_000), { every: 2, divisor: 2 });
  deepEqual(at(50_000), { every: 4, divisor: 4 });
});

Deno.test("[LAY5] a layer begins with the size that its target carries", () => {
  const state = enterLadder("small", { target: 50_000, floor: FLOOR });
  deepEqual(state.reduction, { every: 4, divisor: 4 });
  deepEqual(play(50_000, 2, { state }).reduction, { every: 4, divisor: 4 });
});

Deno.test("[LAD1] whatever the targets are, the size grows at most once in two seconds", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 80 }), (targets) => {
      let state = topOfLadder("main");
      let grownAt = -Infinity;
      targets.forEach((target, n) => {
        const before = state.reduction.divisor;
        state = stepLadder(state, { target, floor: FLOOR }, 250 * n as Millis);
        if (state.reduction.divisor >= before) return;
        ok(250 * n - grownAt >= 2_000);
        grownAt = 250 * n;
      });
    }),
  );
});

import { deepEqual, equal } from "node:assert/strict";
import {
  type AlertLife,
  QUIET,
  readHigh,
  type Reading,
  readLow,
  step,
} from "../../../../coordinator/domain/alert.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";

/** Applies one reading a second, and returns the states. */
function states(readings: readonly Reading[], forMs = 2_000): string[] {
  let life: AlertLife = QUIET;
  return readings.map((reading, n) => {
    life = step(life, reading, { now: n * 1_000 as EpochMillis, forMs });
    return life.state;
  });
}

Deno.test("[ALR1] an alert is raised when its condition has held for its time, and not by a spike", () => {
  deepEqual(states(["bad", "bad", "bad"]), ["rising", "rising", "raised"]);
  deepEqual(states(["bad", "bad", "good", "bad"]), ["rising", "rising", "quiet", "rising"]);
});

Deno.test("[ALR2] an alert clears when the opposite has held as long, and not by a dip", () => {
  const raised: Reading[] = ["bad", "bad", "bad"];
  deepEqual(states([...raised, "good", "bad"]).slice(3), ["falling", "raised"]);
  deepEqual(states([...raised, "good", "good", "good"]).slice(3), ["falling", "falling", "quiet"]);
});

Deno.test("[ALR3] a figure between the two limits changes nothing", () => {
  const raised: Reading[] = ["bad", "bad", "bad"];
  deepEqual(states([...raised, "between", "between"]).slice(3), ["raised", "raised"]);
  deepEqual(states(["between", "between", "between"]), ["quiet", "quiet", "quiet"]);
  const loss = { raise: 0.05, clear: 0.02 };
  deepEqual([0.06, 0.03, 0.01].map((value) => readHigh(value, loss)), ["bad", "between", "good"]);
  const signal = { raise: -105, clear: -100 };
  deepEqual([-110, -103, -90].map((value) => readLow(value, signal)), ["bad", "between", "good"]);
});

Deno.test("[ALR4] a condition with a time of 0 raises and clears at once", () => {
  deepEqual(states(["bad", "good"], 0), ["raised", "quiet"]);
  equal(step(QUIET, "good", { now: 0 as EpochMillis, forMs: 0 }), QUIET);
});

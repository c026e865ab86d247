import { deepEqual, equal, ok } from "node:assert/strict";
import { NEW_PATH, type PathLife, stepLife } from "../../../../../media/links/rist/path_life.ts";
import {
  newWeight,
  type PathReading,
  sharesOf,
  stepWeight,
} from "../../../../../media/links/rist/weights.ts";
import type { Millis } from "../../../../../protocol/clock.ts";
import { SeededRandom } from "../../../../fakes/random.ts";

const at = (ms: number) => ms as Millis;
const STEADY: PathReading = { answers: true, rtt: 40, lossRate: 0, delivered: 2e6 };

function after(verdicts: string): PathLife["state"] {
  let life: PathLife = NEW_PATH;
  [...verdicts].forEach((each, second) => {
    const verdict = each === "g" ? "good" : each === "b" ? "bad" : "silent";
    life = stepLife(life, verdict, at(second * 1_000));
  });
  return life.state;
}

Deno.test("[BND4] a path goes from probe through warm to live, and falls back by what it does", () => {
  const table: [verdicts: string, state: PathLife["state"]][] = [
    ["", "probe"],
    ["gg", "probe"],
    ["ggg", "warm"],
    ["ggbgg", "probe"],
    ["ggg" + "g".repeat(9), "warm"],
    ["ggg" + "g".repeat(10), "live"],
    ["ggg" + "g".repeat(10) + "bb", "live"],
    ["ggg" + "g".repeat(10) + "bbb", "degraded"],
    ["gggbbb", "degraded"],
    ["bbb", "degraded"],
    ["bbb" + "ggggg", "warm"],
    ["bbb" + "b".repeat(10), "cooling"],
    ["ggg" + "g".repeat(10) + "s", "cooling"],
    ["sg", "cooling"],
    ["sgg", "probe"],
    ["ssssg", "cooling"],
  ];
  for (const [verdicts, state] of table) equal(after(verdicts), state, verdicts);
});

Deno.test("[BND4] shares are a split of one, whatever is measured, and no path that cools has any while another lives", () => {
  const random = new SeededRandom(3);
  for (let round = 0; round < 300; round++) {
    const count = 1 + Math.floor(random.unit() * 6);
    let weights = Array.from({ length: count }, () => newWeight(at(0)));
    for (let second = 1; second <= 40; second++) {
      weights = weights.map((weight) =>
        stepWeight(weight, {
          answers: random.unit() > 0.1,
          rtt: random.unit() < 0.1 ? undefined : random.unit() * 800,
          lossRate: random.unit() < 0.5 ? 0 : random.unit(),
          delivered: random.unit() * 2e7,
        }, { latency: 200, now: at(second * 1_000) })
      );
      const shares = sharesOf(weights);
      ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      ok(shares.every((share) => share >= 0 && share <= 1));
      const lives = weights.some(({ life }) => life.state !== "cooling");
      if (!lives) continue;
      weights.forEach(({ life }, index) =>
        ok(life.state !== "cooling" || shares[index] === 0, life.state)
      );
    }
  }
});

Deno.test("[BND5] a strained path is taken to carry less than it delivered, and gets a smaller share", () => {
  let [narrow, wide] = [newWeight(at(0)), newWeight(at(0))];
  for (let second = 1; second <= 4; second++) {
    const rules = { latency: 200, now: at(second * 1_000) };
    narrow = stepWeight(narrow, { ...STEADY, rtt: 30 + second * 40, delivered: 1.5e6 }, rules);
    wide = stepWeight(wide, { ...STEADY, delivered: 2.5e6 }, rules);
  }
  ok(narrow.capacity! <= 1.5e6, `${narrow.capacity}`);
  equal(wide.capacity, undefined);
  const [small, large] = sharesOf([narrow, wide]) as [number, number];
  ok(small < 0.3 && large > 0.7, `${small} ${large}`);
});

Deno.test("[BND5] what a path carries is found again once it is used without strain", () => {
  let weight = newWeight(at(0));
  const step = (second: number, reading: PathReading) => {
    weight = stepWeight(weight, reading, { latency: 200, now: at(second * 1_000) });
  };
  step(1, STEADY);
  step(2, { ...STEADY, rtt: 200, delivered: 1e6 });
  const cut = weight.capacity!;
  for (let second = 3; second < 20; second++) {
    step(second, { ...STEADY, delivered: 0.9 * weight.capacity! });
  }
  ok(weight.capacity! > 4 * cut, `${weight.capacity}`);
  deepEqual(
    stepWeight(weight, { ...STEADY, rtt: undefined, delivered: 0 }, {
      latency: 200,
      now: at(30_000),
    })
      .capacity,
    weight.capacity,
  );
});

Deno.test("[BND5] the losses of a radio link do not lower what it is taken to carry", () => {
  let weight = newWeight(at(0));
  for (let second = 1; second < 30; second++) {
    const now = at(second * 1_000);
    weight = stepWeight(weight, { ...STEADY, lossRate: 0.08 }, { latency: 200, now });
  }
  equal(weight.capacity, undefined);
  equal(weight.life.state, "live");
});

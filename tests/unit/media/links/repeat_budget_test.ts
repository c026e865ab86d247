import { equal, ok } from "node:assert/strict";
import { RepeatBudget } from "../../../../media/links/repeat_budget.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const PACKET = 1_316;

/** Repeats that are taken of those that are asked for each millisecond. */
function taken(budget: RepeatBudget, from: number, to: number): number {
  let count = 0;
  for (let now = from; now < to; now++) if (budget.take(PACKET, now as Millis)) count++;
  return count;
}

Deno.test("[BND13] repeats take a tenth of what is sent, and once what is sent in the latency", () => {
  const budget = new RepeatBudget({ latency: 200, now: 0 as Millis });
  budget.rate = 4_000_000;
  const burst = taken(budget, 0, 100);
  const saved = 4_000_000 * 0.2 / 8 / PACKET;
  ok(burst >= Math.floor(saved), `${burst} of ${saved}`);
  const share = taken(budget, 100, 10_100) * PACKET * 8 / 10 / 4_000_000;
  ok(share > 0.09 && share < 0.11, `${share}`);
});

Deno.test("[BND13] a stream that hardly sends has repeats, too", () => {
  const budget = new RepeatBudget({ latency: 200, now: 0 as Millis });
  budget.rate = 0;
  ok(taken(budget, 0, 1_000) >= 8);
  equal(budget.take(PACKET, 1_000 as Millis), false);
});

import { ok } from "node:assert/strict";
import { simulateStream } from "../../../support/links/simulated_stream.ts";
import { always } from "../../../support/relay/conditions.ts";

const RATES = [1_500_000, 2_500_000];

Deno.test("[FLW3] [BND13] an encoder that may send more than two paths carry finds more than half of it, and keeps it", async () => {
  const regimes = RATES.map((rate) => ({
    up: always({ delayMs: 25, bottleneck: { rate, queueMs: 300 } }),
    down: always({ delayMs: 25 }),
  }));
  const capacity = RATES.reduce((sum, rate) => sum + rate, 0);
  for (const seed of [1, 2, 3]) {
    const { rates, lost } = await simulateStream({ regimes, seconds: 30, seed });
    const found = rates.slice(20);
    const used = found.reduce((sum, rate) => sum + rate, 0) / found.length / capacity;
    ok(used > 0.5, `seed ${seed}: ${used.toFixed(2)}`);
    ok(lost < 50, `seed ${seed}: ${lost} lost`);
  }
});

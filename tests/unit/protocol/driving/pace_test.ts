import { equal, ok } from "node:assert/strict";
import { Pace } from "../../../../protocol/driving/pace.ts";

Deno.test("[DRV5] what comes soon after a single other one need not wait", () => {
  const pace = new Pace(8);
  for (let now = 0; now < 1_000; now += 16) {
    ok(pace.next <= now);
    pace.done(now);
    ok(pace.next <= now + 0.1);
    pace.done(now + 0.1);
  }
});

Deno.test("[DRV5] what always comes is done once in a period", () => {
  const pace = new Pace(8);
  let count = 0;
  for (let now = 0; now < 1_000; now++) {
    if (now < pace.next) continue;
    pace.done(now);
    count++;
  }
  equal(count, 126);
});

import { deepEqual, ok } from "node:assert/strict";
import { RateMeter } from "../../../../agent/pipeline/rate_meter.ts";

function measure(meter: RateMeter, times: readonly number[]): number[] {
  return times.flatMap((time) => meter.picture(time) ?? []);
}

const evenly = (count: number, rate: number, from = 0) =>
  Array.from({ length: count }, (_, at) => from + Math.round(at * 90_000 / rate));

Deno.test("[SND16] the rate of pictures is measured by their times, every three seconds", () => {
  for (const rate of [2, 7.5, 25, 59.94]) {
    const found = measure(new RateMeter(), evenly(Math.ceil(rate * 9.1) + 1, rate));
    ok(found.length === 3, `${found}`);
    for (const each of found) ok(Math.abs(each - rate) < 0.05, `${rate}: ${each}`);
  }
});

Deno.test("[SND16] a new measurement begins after a restart, and when time goes back", () => {
  const meter = new RateMeter();
  deepEqual(measure(meter, evenly(60, 25)), []);
  meter.restart();
  deepEqual(measure(meter, evenly(60, 25, 900_000)), []);
  deepEqual(measure(meter, evenly(60, 25)), []);
});

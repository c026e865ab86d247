import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  bestOffset,
  decodeBounce,
  encodeBounce,
  measure,
} from "../../../../protocol/control/clock_sync.ts";
import { pack } from "../../../../protocol/msgpack.ts";

Deno.test("[CLK1] a question and its answer survive", () => {
  deepEqual(decodeBounce(encodeBounce({ client: 12.5 })), { client: 12.5 });
  const answer = { client: 1_700_000_000_000.25, server: 99.5 };
  deepEqual(decodeBounce(encodeBounce(answer)), answer);
});

Deno.test("[CLK1] anything else is no clock message", () => {
  for (const value of [5, [], {}, { client: "1" }, { client: 1, server: "2" }]) {
    equal(decodeBounce(pack(value)), undefined, JSON.stringify(value));
  }
  equal(decodeBounce(pack({ client: 1, note: "x".repeat(64) })), undefined);
});

Deno.test("[CLK1] random bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    const read = decodeBounce(bytes);
    if (read) deepEqual(decodeBounce(encodeBounce(read)), read);
  }));
});

Deno.test("[CLK2] an exchange gives the round trip and the offset", () => {
  deepEqual(measure(1000, 5030, 1060), { rtt: 60, offset: 4000 });
});

Deno.test("[CLK2] on a symmetric path the offset is exact, whatever the delay", () => {
  const ms = fc.integer({ min: 0, max: 10_000 });
  fc.assert(fc.property(ms, ms, fc.integer(), (sent, oneWay, ahead) => {
    const { rtt, offset } = measure(sent, sent + oneWay + ahead, sent + 2 * oneWay);
    deepEqual([rtt, offset], [2 * oneWay, ahead]);
  }));
});

Deno.test("[CLK3] the offset is that of the quickest exchange", () => {
  equal(bestOffset([{ rtt: 90, offset: 40 }, { rtt: 20, offset: 7 }, { rtt: 30, offset: 9 }]), 7);
  equal(bestOffset([]), undefined);
});

Deno.test("[CLK3] the error of the offset is at most half the shortest round trip", () => {
  const delay = fc.integer({ min: 0, max: 500 });
  fc.assert(fc.property(fc.array(fc.tuple(delay, delay), { minLength: 1 }), (paths) => {
    const samples = paths.map(([out, back]) => measure(0, out + 123, out + back));
    const least = Math.min(...samples.map(({ rtt }) => rtt));
    const error = Math.abs((bestOffset(samples) ?? Infinity) - 123);
    equal(error <= least / 2, true);
  }));
});

import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { portWindows } from "../../../../worker/werift/port_windows.ts";
import { SeededRandom } from "../../../fakes/random.ts";

Deno.test("[PEE16] each connection looks for ports from another port on", () => {
  const next = portWindows(new SeededRandom(3));
  const firsts = Array.from({ length: 10 }, () => next([50_000, 50_100])[0]);
  deepEqual(new Set(firsts).size, 10);
});

Deno.test("[PEE16] every window lies in the range, and holds the ports of a connection if the range does", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 65_000 }),
    fc.integer({ min: 1, max: 500 }),
    fc.integer(),
    (first, more, seed) => {
      const next = portWindows(new SeededRandom(seed));
      for (let n = 0; n < 100; n++) {
        const [from, to] = next([first, first + more]);
        ok(from >= first && to === first + more);
        ok(to - from >= Math.min(more, 7), `${from} to ${to}`);
      }
    },
  ));
});

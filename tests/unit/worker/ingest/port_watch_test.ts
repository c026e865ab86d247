import { deepEqual, equal } from "node:assert/strict";
import { PortWatch } from "../../../../worker/ingest/port_watch.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(
  range: readonly [number, number],
  { bound = new Set<number>(), own = new Set<number>() } = {},
) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const watch = new PortWatch({
    clock,
    range,
    isFree: (port) => {
      looks.push(port);
      return Promise.resolve(!bound.has(port));
    },
    own: () => own,
  });
  return { clock, bound, own, looks, watch, seen: () => watch.seen };
}

Deno.test("[STR45] a port that another program holds is reported, with the age of the oldest look", async () => {
  const { clock, bound, watch, seen } = setup([15_000, 15_249], {
    bound: new Set([15_002, 15_240]),
  });
  equal(seen(), undefined);
  await clock.run(2_400);
  deepEqual(seen(), { ports: [15_002, 15_240], age_ms: 2_400 });
  bound.clear();
  await clock.run(1_000);
  deepEqual(seen(), { ports: [15_240], age_ms: 2_400 });
  await clock.run(2_000);
  deepEqual(seen()?.ports, []);
  watch[Symbol.dispose]();
});

Deno.test("[STR45] the ports of the worker's own streams are not looked at, and never called another program's", async () => {
  const { clock, own, looks, watch, seen } = setup([15_000, 15_003], {
    bound: new Set([15_000, 15_002]),
    own: new Set([15_002]),
  });
  await clock.run(1_000);
  deepEqual(seen()?.ports, [15_000]);
  equal(looks.includes(15_002), false);
  own.add(15_000);
  deepEqual(seen()?.ports, []);
  watch[Symbol.dispose]();
});

Deno.test("[STR45] at most a hundred ports are looked at each second", async () => {
  const { clock, looks, watch, seen } = setup([15_000, 16_000]);
  await clock.run(0);
  equal(looks.length, 10);
  await clock.run(900);
  equal(looks.length, 100);
  await clock.run(9_000);
  equal(looks.length, 1_000);
  equal(seen(), undefined);
  await clock.run(100);
  equal(seen()?.age_ms, 10_000);
  watch[Symbol.dispose]();
});

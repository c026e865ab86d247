import { deepEqual, equal, ok } from "node:assert/strict";
import { readRules } from "../../../../../media/links/rist/scheduler_rules.ts";
import {
  type Choosable,
  DEFAULT_RULES,
  Scheduler,
  type SchedulerRules,
} from "../../../../../media/links/rist/scheduler.ts";
import type { Millis } from "../../../../../protocol/clock.ts";

const NONE: SchedulerRules = {
  criticalBroadcast: false,
  redundancy: false,
  spareRatio: 0.2,
  storm: false,
};
const PATH: Choosable = {
  share: 0.5,
  usable: true,
  isEasy: true,
  capacity: 4e6,
  unreportedBytes: 0,
};
const at = (ms: number) => ms as Millis;

/** The paths of a thousand packets of a stream of 2 Mbit/s. */
function chosen(
  rules: Partial<SchedulerRules>,
  paths: readonly Choosable[],
  { isCritical = false, failedAt = undefined as number | undefined } = {},
): number[][] {
  const scheduler = new Scheduler({
    ...{ rules: { ...NONE, ...rules }, paths: paths.length, latency: 200, now: at(0) },
  });
  if (failedAt !== undefined) scheduler.failed(at(failedAt));
  return Array.from({ length: 1_000 }, (_, index) => {
    const now = at(index * 5);
    scheduler.refill(paths, { offered: 2e6, now });
    return scheduler.choose(paths, { bytes: 1_250, isCritical, now });
  });
}
const twice = (all: readonly number[][]) => all.filter(({ length }) => length === 2).length;

Deno.test("[BND6] packets follow the shares, one by one and not in runs", () => {
  const all = chosen({}, [{ ...PATH, share: 0.25 }, { ...PATH, share: 0.75 }]).flat();
  const first = all.filter((path) => path === 0).length;
  ok(Math.abs(first - 250) <= 3, `${first}`);
  ok(!all.join("").includes("11111"));
  const dead = chosen({}, [{ ...PATH, usable: false }, PATH]).flat();
  ok(dead.every((path) => path === 1));
  deepEqual(chosen({}, [{ ...PATH, usable: false }])[0], [0], "the last hope");
});

Deno.test("[BND7] critical_broadcast: keyframes go by two paths, where the second one has room", () => {
  const two = [PATH, PATH];
  equal(twice(chosen({ criticalBroadcast: true }, two, { isCritical: true })), 1_000);
  equal(twice(chosen({ criticalBroadcast: true }, two)), 0);
  equal(twice(chosen({}, two, { isCritical: true })), 0);
  const full = [PATH, { ...PATH, share: 0, unreportedBytes: 60_000 }];
  equal(twice(chosen({ criticalBroadcast: true }, full, { isCritical: true })), 0);
  const late = [PATH, { ...PATH, share: 0, isEasy: false }];
  equal(twice(chosen({ criticalBroadcast: true }, late, { isCritical: true })), 0);
});

Deno.test("[BND7] redundancy_enabled and redundancy_spare_ratio: copies take that share of the spare room, all packets at low rates", () => {
  const spare = [PATH, PATH];
  // Each path has 3 Mbit/s to spare: a tenth of it carries 0.3 of the 1 + 1 Mbit/s.
  const some = twice(chosen({ redundancy: true, spareRatio: 0.1 }, spare));
  ok(some > 250 && some < 350, `${some}`);
  const all = twice(chosen({ redundancy: true, spareRatio: 1 }, spare));
  ok(all > 980, `${all}`);
  equal(twice(chosen({ redundancy: false, spareRatio: 1 }, spare)), 0);
  const busy = spare.map((path) => ({ ...path, capacity: 1e6 }));
  equal(twice(chosen({ redundancy: true, spareRatio: 1 }, busy)), 0);
});

Deno.test("[BND7] storm_enabled: for 3 s after a path failed, everything goes by two paths", () => {
  const three = [PATH, PATH, PATH];
  equal(twice(chosen({ storm: true }, three, { failedAt: 0 })), 600);
  equal(twice(chosen({ storm: false }, three, { failedAt: 0 })), 0);
  equal(twice(chosen({ storm: true }, three)), 0);
});

Deno.test("[BND8] every setting is read, and an unknown one is refused by its name", () => {
  deepEqual(readRules({}), DEFAULT_RULES);
  deepEqual(
    readRules({
      ...{ storm_enabled: false, discard_deadline_ms: 300, redundancy_enabled: false },
      ...{ redundancy_spare_ratio: 0.4, critical_broadcast: false },
    }),
    { storm: false, redundancy: false, spareRatio: 0.4, criticalBroadcast: false },
  );
  const refused = readRules({ failover_rtt_factor: 3, redundancy_enabled: true });
  ok("error" in refused && refused.error.includes("scheduler.failover_rtt_factor"));
});

import { deepEqual, equal } from "node:assert/strict";
import {
  MAX_STARTS,
  NOTHING_PUSHED,
  type Pushed,
  type SettingsEvent,
  type SettingsLife,
  step,
} from "../../../../agent/pushed_settings/trial.ts";

const version = (version: number): Pushed => ({ version, values: { log_level: "debug" } });
const after = (life: SettingsLife, ...events: readonly SettingsEvent[]) =>
  events.reduce(step, life);
const pushed = (number: number): SettingsEvent => ({ type: "pushed", settings: version(number) });
const started = { type: "started" } as const;

Deno.test("[PSH2] a version is on trial until it is confirmed, and the one before it stays until then", () => {
  const trial = after(NOTHING_PUSHED, pushed(1), started);
  deepEqual(trial, {
    ...{ state: "trial", inForce: version(1), before: NOTHING_PUSHED.inForce, starts: 1 },
  });
  deepEqual(after(trial, { type: "confirmed" }), { state: "settled", inForce: version(1) });
});

Deno.test("[PSH3] a version that is not confirmed in time, is unusable or ends the agent too often is taken back, with the reason", () => {
  const kept = after(NOTHING_PUSHED, pushed(1), started, { type: "confirmed" });
  const trial = after(kept, pushed(2), started);
  const reasons = [
    after(trial, { type: "expired" }),
    after(trial, { type: "unusable", why: "no such level" }),
    after(trial, ...Array.from({ length: MAX_STARTS }, () => started)),
  ].map((life) => {
    equal(life.state, "settled");
    deepEqual(life.inForce, version(1));
    return life.state === "settled" ? life.rolledBack : undefined;
  });
  deepEqual(reasons, [
    { version: 2, reason: "the coordinator was not reached within 120 s" },
    { version: 2, reason: "it cannot be used: no such level" },
    { version: 2, reason: "the agent ended 3 times before it was online with it" },
  ]);
});

Deno.test("[PSH3] settled settings that cannot be used any more give way to the box's own, which are never taken back", () => {
  const kept = after(NOTHING_PUSHED, pushed(1), started, { type: "confirmed" });
  const own = after(kept, { type: "unusable", why: "no such level" });
  equal(own.inForce.version, 0);
  equal(after(own, { type: "unusable", why: "again" }), own);
});

Deno.test("[PSH2] during a trial no other version begins, and a settled state ignores the events of a trial", () => {
  const trial = after(NOTHING_PUSHED, pushed(1), started);
  equal(after(trial, pushed(2)), trial);
  for (const type of ["started", "confirmed", "expired"] as const) {
    equal(step(NOTHING_PUSHED, { type }), NOTHING_PUSHED);
  }
});

import { deepEqual, equal, ok } from "node:assert/strict";
import {
  armRefusal,
  type FailsafeEvent,
  type FailsafeState,
  step,
} from "../../../../protocol/driving/failsafe.ts";
import { type Age, ageOf, type Arrivals } from "../../../../protocol/driving/freshness.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const at = (now: number) => now as Millis;
const control = (age: Age = 0, isAtRest = true): FailsafeEvent => ({
  type: "control",
  age,
  isAtRest,
});
const lost = (cause: Extract<FailsafeState, { state: "failsafe" }>["cause"]): FailsafeEvent => ({
  type: "lost",
  cause,
});
const arm: FailsafeEvent = { type: "arm" };
const disarm: FailsafeEvent = { type: "disarm" };
const tick: FailsafeEvent = { type: "tick" };
const disarmed: FailsafeState = { state: "disarmed" };
const ready: FailsafeState = { state: "disarmed", received: { at: at(100), isAtRest: true } };
const moved: FailsafeState = { state: "disarmed", received: { at: at(100), isAtRest: false } };
const armed: FailsafeState = { state: "armed", receivedAt: at(100), doubt: "silent" };
const silent: FailsafeState = { state: "failsafe", cause: "silent", since: at(600) };

Deno.test("[ACT5] the failsafe follows its drawing", () => {
  const table: [FailsafeState, FailsafeEvent, number, FailsafeState][] = [
    [disarmed, arm, 100, disarmed],
    [disarmed, control(), 100, ready],
    [disarmed, control("stuck"), 100, disarmed],
    [disarmed, control(50), 150, ready],
    [ready, arm, 599, armed],
    [ready, arm, 600, ready],
    [moved, arm, 200, moved],
    [ready, lost("disconnected"), 200, disarmed],
    [ready, lost("actuator_failed"), 200, {
      state: "failsafe",
      cause: "actuator_failed",
      since: at(200),
    }],
    [armed, control(0, false), 300, { ...armed, receivedAt: at(300) }],
    [armed, control(80), 300, { ...armed, receivedAt: at(220) }],
    [armed, control(400), 300, { ...armed, doubt: "stale" }],
    [armed, tick, 599, armed],
    [armed, tick, 600, silent],
    [armed, control(), 600, { ...silent, received: { at: at(600), isAtRest: true } }],
    [armed, disarm, 200, disarmed],
    [armed, lost("handed_over"), 200, { state: "failsafe", cause: "handed_over", since: at(200) }],
    [silent, control(), 700, { ...silent, received: { at: at(700), isAtRest: true } }],
    [silent, lost("worker_lost"), 700, silent],
    [silent, arm, 700, silent],
    [{ ...silent, received: { at: at(700), isAtRest: true } }, arm, 700, {
      ...armed,
      receivedAt: at(700),
    }],
    [{ ...silent, received: { at: at(700), isAtRest: true } }, lost("disconnected"), 700, silent],
    [silent, disarm, 700, disarmed],
  ];
  for (const [from, event, now, to] of table) {
    const after = step(from, event, { now: at(now), silence: 500 });
    deepEqual(after, to, `${from.state}, ${event.type} at ${now}`);
  }
  equal(step(armed, tick, { now: at(599), silence: 500 }), armed, "unchanged is the same object");
});

Deno.test("[ACT6] silence is named after what came instead of control", () => {
  for (const [doubt, age] of [["stuck", "stuck"], ["stale", 250]] as const) {
    const doubted = step(armed, control(age), { now: at(300), silence: 500 });
    const after = step(doubted, tick, { now: at(600), silence: 500 });
    deepEqual(after, { state: "failsafe", cause: doubt, since: at(600) });
    const trusted = step(doubted, control(), { now: at(400), silence: 500 });
    deepEqual(trusted, { ...armed, receivedAt: at(400) });
  }
});

Deno.test("[ACT7] arming says why it has no effect", () => {
  const moment = { now: at(200), silence: 500 };
  deepEqual([disarmed, moved, ready, armed, silent].map((state) => armRefusal(state, moment)), [
    "no_control",
    "not_at_rest",
    undefined,
    undefined,
    "no_control",
  ]);
});

Deno.test("[ACT6] a control is as old as it took longer than the quickest", () => {
  let arrivals: Arrivals | undefined;
  const received = (sentAt: number, now: number) => {
    const result = ageOf(arrivals, { sentAt, now: at(now) });
    arrivals = result.arrivals;
    return typeof result.age === "number" ? Math.round(result.age) : result.age;
  };
  deepEqual([
    received(9_000, 100),
    received(9_010, 110),
    received(9_010, 120),
    received(9_005, 121),
    received(9_020, 620),
    received(9_600, 690),
    received(9_700, 800),
  ], [0, 0, "stuck", "stuck", 499, 0, 10]);
});

Deno.test("[ACT6] clocks that differ by a thousandth make no control old in ten hours", () => {
  let arrivals: Arrivals | undefined;
  for (let now = 0; now < 36_000_000; now += 1_000) {
    const result = ageOf(arrivals, { sentAt: now * 0.9991, now: at(now) });
    arrivals = result.arrivals;
    ok(typeof result.age === "number" && result.age < 1);
  }
});

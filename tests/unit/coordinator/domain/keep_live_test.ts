import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  ARRIVAL_DELAY,
  delayAfter,
  FIRST_DELAY,
  HEALTHY,
  type KeepLiveEvent,
  type KeepLiveLife,
  LONGEST_DELAY,
  neverOn,
  step,
} from "../../../../coordinator/domain/keep_live.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { StreamEndReason } from "../../../../protocol/rest/streams.ts";

const at = (now: number, { within = true, jitter = 0 } = {}) => ({
  now: now as EpochMillis,
  within,
  jitter,
});
const tick: KeepLiveEvent = { type: "tick" };
const crash: KeepLiveEvent = {
  type: "stream_ended",
  reason: "pipeline_crash",
  message: "The device's pipeline crashed",
};

const LATER: readonly KeepLiveEvent[] = [tick, crash, { type: "stream_began" }];

/** Runs events, each at its time. */
function run(events: readonly (readonly [number, KeepLiveEvent])[], life = on()): KeepLiveLife {
  return events.reduce((before, [now, event]) => step(before, event, at(now)), life);
}

function on({ streaming = false } = {}): KeepLiveLife {
  return step(neverOn(0 as EpochMillis), { type: "turned_on", streaming }, at(0));
}

const running = on({ streaming: true });

Deno.test("[KLV1] keep live starts a stream when it is turned on, and takes over one that runs", () => {
  equal(run([[0, tick]]).state, "starting");
  equal(running.state, "running");
  equal(run([[0, tick], [10, { type: "stream_began" }]]).state, "running");
});

Deno.test("[KLV2] an ended stream is started again after 2 s, with the reason of its end", () => {
  const waiting = run([[100, crash]], running);
  ok(waiting.state === "waiting");
  deepEqual([waiting.until, waiting.reason, waiting.failures], [
    100 + FIRST_DELAY,
    "The device's pipeline crashed",
    1,
  ]);
  equal(step(waiting, tick, at(waiting.until - 1)), waiting);
  equal(step(waiting, tick, at(waiting.until)).state, "starting");
});

Deno.test("[KLV3] the delay grows with each start that does not last, up to a minute and its jitter", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => delayAfter(failures, 0));
  deepEqual(delays, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, jitter) => {
      const delay = delayAfter(failures, jitter);
      ok(delay >= FIRST_DELAY && delay <= LONGEST_DELAY * 1.2);
    }),
  );
});

Deno.test("[KLV3] a stream that was live for a minute makes the delays begin anew", () => {
  const failing: KeepLiveLife = { state: "running", since: 0 as EpochMillis, failures: 5 };
  const live = step(failing, { type: "stream_live" }, at(0));
  const soon = step(live, crash, at(HEALTHY - 1));
  const later = step(live, crash, at(HEALTHY));
  deepEqual([soon, later].map((life) => life.state === "waiting" && life.failures), [6, 1]);
});

Deno.test("[KLV4] a start that lacked its device is made soon after the device arrives, and not after a worker does", () => {
  const refused: KeepLiveEvent = { type: "start_failed", message: "Offline", lack: "device" };
  const waiting = run([[0, tick], [0, refused], [2_000, tick], [2_000, refused]]);
  ok(waiting.state === "waiting" && waiting.until === 6_000);
  equal(step(waiting, { type: "arrived", what: "worker" }, at(2_500)), waiting);
  const sooner = step(waiting, { type: "arrived", what: "device" }, at(2_500));
  equal(sooner.state === "waiting" && sooner.until, 2_500 + ARRIVAL_DELAY);
});

Deno.test("[KLV4] an arrival does not shorten the delay after a stream that ended", () => {
  const waiting = run([[100, crash]], running);
  equal(step(waiting, { type: "arrived", what: "device" }, at(101)), waiting);
});

Deno.test("[KLV5] an operator, a person at the device and a decommission turn it off, and it stays off", () => {
  const reasons = ["user_stop", "sender_revoked"] as const;
  const offs = reasons.map((reason) => step(running, { ...crash, reason }, at(5)));
  offs.push(step(running, { type: "turned_off", reason: "ada@example.org turned it off" }, at(5)));
  for (const off of offs) {
    equal(off.state, "off");
    for (const event of LATER) {
      equal(step(off, event, at(9_999_999)), off);
    }
  }
});

Deno.test("[KLV6] outside its hours nothing is started, and what runs when they end is stopped", () => {
  const outside = step(running, tick, at(10, { within: false }));
  deepEqual(outside, { state: "outside", since: 10, streaming: true });
  const ended = step(
    outside,
    { ...crash, reason: "control_plane_stop" },
    at(20, { within: false }),
  );
  equal(step(ended, tick, at(30, { within: false })), ended);
  equal(step(ended, tick, at(40)).state, "waiting");
  equal(step(outside, tick, at(40)).state, "running");
});

Deno.test("[KLV7] a coordinator that restarts starts what does not run, and leaves what runs", () => {
  equal(step(running, { type: "restarted", streaming: true }, at(9)), running);
  const missing = step(running, { type: "restarted", streaming: false }, at(9));
  ok(missing.state === "waiting" && missing.until === 9);
  const unanswered = run([[0, tick]]);
  equal(step(unanswered, { type: "restarted", streaming: false }, at(9)).state, "waiting");
});

Deno.test("[KLV8] in any order of events it starts at most one stream at a time, and never rests while it is on", () => {
  const event: fc.Arbitrary<KeepLiveEvent> = fc.oneof(
    fc.constantFrom<KeepLiveEvent>(
      tick,
      { type: "stream_began" },
      { type: "stream_live" },
      { type: "turned_off", reason: "Off" },
      { type: "arrived", what: "device" },
      { type: "arrived", what: "worker" },
      { type: "start_failed", message: "Refused" },
      { type: "start_failed", message: "Offline", lack: "device" },
    ),
    fc.boolean().map((streaming): KeepLiveEvent => ({ type: "turned_on", streaming })),
    fc.boolean().map((streaming): KeepLiveEvent => ({ type: "restarted", streaming })),
    fc.constantFrom(...StreamEndReason.options).map((reason): KeepLiveEvent => ({
      ...{ type: "stream_ended", reason, message: "It ended" },
    })),
  );
  const steps = fc.array(fc.tuple(event, fc.nat(90_000), fc.boolean()));
  fc.assert(fc.property(steps, (events) => {
    let life = neverOn(0 as EpochMillis);
    let now = 0;
    for (const [each, pause, within] of events) {
      const before = life;
      life = step(life, each, at(now += pause, { within }));
      if (life.state === "starting" && before.state !== "starting") {
        equal(before.state, "waiting");
        equal(each.type, "tick");
        ok(within);
      }
      if (before.state === "off" && each.type !== "turned_on") equal(life, before);
      if (life.state === "waiting") ok(life.until <= now + LONGEST_DELAY * 1.2);
      if (life.state !== before.state) equal(life.since, now);
    }
    if (life.state === "off" || life.state === "starting") return;
    const later = now + LONGEST_DELAY * 2;
    const next = step(step(life, tick, at(later)), tick, at(later));
    ok(["starting", "running"].includes(next.state));
  }));
});

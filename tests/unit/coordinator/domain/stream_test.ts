import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  FORCE_END,
  STARTING_GRACE,
  startStream,
  step,
  STOPPING_GRACE,
  type StreamEvent,
  type StreamLife,
  UNOBSERVED_GRACE,
  WORKER_GRACE,
} from "../../../../coordinator/domain/stream.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";

const at = (ms: number) => ms as EpochMillis;
const tick: StreamEvent = { type: "tick" };
const starting = startStream(at(0));
const live = step(starting, { type: "seen" }, at(0));
const stopping = step(live, { type: "stop_asked" }, at(0));
const reasonOf = (life: StreamLife) => life.state === "ended" ? life.reason : life.state;

Deno.test("[STR1] a stream is live after its first report or picture", () => {
  deepEqual(step(starting, { type: "seen" }, at(400)), { state: "live", since: 400, seenAt: 400 });
});

Deno.test("[STR2] a device's list without a starting stream does not end the stream", () => {
  equal(step(starting, { type: "missing" }, at(400)), starting);
});

Deno.test("[STR3] a stream that never starts ends after the starting grace", () => {
  equal(step(starting, tick, at(STARTING_GRACE - 1)), starting);
  equal(reasonOf(step(starting, tick, at(STARTING_GRACE))), "never_started");
});

Deno.test("[STR4] silence ends a live stream only after the unobserved grace", () => {
  equal(step(live, tick, at(UNOBSERVED_GRACE - 1)), live);
  const over = step(live, tick, at(UNOBSERVED_GRACE));
  equal(reasonOf(over), "unobserved");
  equal(over.state === "ended" && over.inferred, true);
  const seen = step(live, { type: "seen" }, at(UNOBSERVED_GRACE - 1));
  equal(step(seen, tick, at(UNOBSERVED_GRACE)), seen);
});

Deno.test("[STR5] a live stream ends when its device does not list it any more", () => {
  equal(reasonOf(step(live, { type: "missing" }, at(9))), "reconciled");
});

Deno.test("[STR6] a stopping stream ends when the device does not list it or reports its end", () => {
  equal(reasonOf(step(stopping, { type: "missing" }, at(9))), "control_plane_stop");
  const reported: StreamEvent = { type: "over", reason: "control_plane_stop", message: "" };
  equal(reasonOf(step(stopping, reported, at(9))), "control_plane_stop");
  equal(step(stopping, { type: "seen" }, at(9)), stopping);
});

Deno.test("[STR7] a stop is forced 15 s after the device agreed, or 60 s after the request", () => {
  const agreed = step(stopping, { type: "stop_agreed" }, at(1_000));
  equal(step(agreed, tick, at(1_000 + FORCE_END - 1)), agreed);
  equal(reasonOf(step(agreed, tick, at(1_000 + FORCE_END))), "forced");
  equal(step(stopping, tick, at(STOPPING_GRACE - 1)), stopping);
  equal(reasonOf(step(stopping, tick, at(STOPPING_GRACE))), "forced");
});

Deno.test("[STR8] the stream of a lost worker ends only after the worker grace", () => {
  const gone = step(live, { type: "worker_gone" }, at(0));
  equal(step(gone, tick, at(WORKER_GRACE - 1)), gone);
  equal(reasonOf(step(gone, tick, at(WORKER_GRACE))), "worker_lost");
  deepEqual(step(gone, { type: "worker_back" }, at(5)), live);
});

Deno.test("[STR9] an ended stream never changes, and every end has a reason and a message", () => {
  const events: StreamEvent[] = [
    { type: "seen" },
    { type: "missing" },
    { type: "stop_asked" },
    { type: "stop_agreed" },
    { type: "worker_gone" },
    { type: "worker_back" },
    tick,
    { type: "over", reason: "error", message: "The camera is gone" },
  ];
  const someEvents = fc.array(fc.tuple(fc.constantFrom(...events), fc.nat(40_000)));
  fc.assert(fc.property(someEvents, (sequence) => {
    let life: StreamLife = starting;
    let now = 0;
    for (const [event, pause] of sequence) {
      now += pause;
      const next = step(life, event, at(now));
      if (life.state === "ended") equal(next, life);
      if (next.state === "ended") equal(next.message.length > 0, true);
      life = next;
    }
    const last = step(life, tick, at(now + UNOBSERVED_GRACE));
    equal(last.state, "ended");
  }));
});

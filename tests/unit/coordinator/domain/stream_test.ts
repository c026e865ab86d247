import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  awaitedOf,
  FORCE_END,
  STARTING_GRACE,
  startStream,
  step,
  STOPPING_GRACE,
  type StreamEvent,
  StreamLife,
  UNOBSERVED_GRACE,
  WORKER_GRACE,
} from "../../../../coordinator/domain/stream.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { COMMAND_LIMIT } from "../../../../protocol/legs/agent_leg.ts";

const at = (ms: number) => ms as EpochMillis;
const tick: StreamEvent = { type: "tick" };
const asked = startStream(at(0));
const bound = step(asked, { type: "worker_bound" }, at(0));
const starting = step(bound, { type: "start_acknowledged" }, at(0));
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

Deno.test("[STR6] a stream that the hours of keep live stopped does not say that an operator did", () => {
  const closing = step(live, { type: "stop_asked", by: "hours" }, at(0));
  const reported: StreamEvent = { type: "over", reason: "control_plane_stop", message: "" };
  equal(reasonOf(step(closing, { type: "missing" }, at(9))), "hours_ended");
  equal(reasonOf(step(closing, reported, at(9))), "hours_ended");
  const crashed: StreamEvent = { ...reported, reason: "pipeline_crash" };
  equal(reasonOf(step(closing, crashed, at(9))), "pipeline_crash");
  equal(step(closing, { type: "stop_asked" }, at(9)), closing);
});

Deno.test("[STR7] a stop is forced 15 s after the device agreed, or 60 s after the request", () => {
  const sent = step(stopping, { type: "stop_sent" }, at(0));
  const agreed = step(sent, { type: "stop_agreed" }, at(1_000));
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

const EVENTS: readonly StreamEvent[] = [
  { type: "seen" },
  { type: "pictures" },
  { type: "missing" },
  { type: "not_received" },
  { type: "worker_bound" },
  { type: "start_acknowledged" },
  { type: "start_failed", reason: "refused", message: "/dev/video0 is in use" },
  { type: "stop_asked" },
  { type: "stop_sent" },
  { type: "stop_agreed" },
  { type: "stop_failed" },
  { type: "worker_gone" },
  { type: "worker_back" },
  { type: "restarted" },
  tick,
  { type: "over", reason: "error", message: "The camera is gone" },
];
/** Ends of a whole stream are rare, so that most sequences go on. */
const someEvent = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...EVENTS.slice(0, -1)) },
  { weight: 1, arbitrary: fc.constantFrom(...EVENTS) },
);
const someEvents = fc.array(
  fc.tuple(someEvent, fc.oneof(fc.nat(2_000), fc.nat(40_000))),
  { maxLength: 60 },
);

/** Steps through `sequence` from a fresh start; tells every step, and the time after the last one. */
function play(
  sequence: readonly (readonly [StreamEvent, number])[],
  each: (step: { before: StreamLife; event: StreamEvent; after: StreamLife; now: number }) => void,
): { life: StreamLife; now: number } {
  let life = asked;
  let now = 0;
  for (const [event, pause] of sequence) {
    now += pause;
    const after = step(life, event, at(now));
    each({ before: life, event, after, now });
    life = after;
  }
  return { life, now };
}

Deno.test("[STR9] an ended stream never changes, and every end has a reason and a message", () => {
  fc.assert(fc.property(someEvents, (sequence) => {
    const { life, now } = play(sequence, ({ before, after }) => {
      if (before.state === "ended") equal(after, before);
      if (after.state === "ended") equal(after.message.length > 0, true);
    });
    equal(step(life, tick, at(now + UNOBSERVED_GRACE)).state, "ended");
  }));
});

Deno.test("[STR37] a start awaits the worker, then the device, then nothing", () => {
  deepEqual(awaitedOf(asked), { command: "ingest.start", since: 0 });
  const next = step(asked, { type: "worker_bound" }, at(300));
  deepEqual(awaitedOf(next), { command: "stream.start", since: 300 });
  deepEqual(step(next, { type: "start_acknowledged" }, at(400)), { state: "starting", since: 0 });
});

Deno.test("[STR38] an answer that is not awaited changes nothing: too early, late or a second time", () => {
  const failed: StreamEvent = { type: "start_failed", reason: "refused", message: "No" };
  equal(step(asked, { type: "start_acknowledged" }, at(1)), asked);
  equal(step(bound, { type: "worker_bound" }, at(1)), bound);
  for (const life of [starting, live, stopping]) {
    for (
      const type of ["worker_bound", "start_acknowledged", "stop_agreed", "stop_failed"] as const
    ) {
      equal(step(life, { type }, at(1)), life);
    }
    equal(step(life, failed, at(1)), life);
  }
});

Deno.test("[STR39] a command without an answer ends its wait after the command limit", () => {
  equal(step(asked, tick, at(COMMAND_LIMIT - 1)), asked);
  equal(reasonOf(step(asked, tick, at(COMMAND_LIMIT))), "worker_failed");
  const late = step(asked, { type: "worker_bound" }, at(COMMAND_LIMIT - 1));
  equal(step(late, tick, at(2 * COMMAND_LIMIT - 2)), late);
  equal(reasonOf(step(late, tick, at(2 * COMMAND_LIMIT - 1))), "no_answer");
  const sent = step(stopping, { type: "stop_sent" }, at(0));
  equal(step(sent, tick, at(COMMAND_LIMIT - 1)), sent);
  deepEqual(step(sent, tick, at(COMMAND_LIMIT)), stopping);
});

Deno.test("[STR40] a stop asked during a start waits for the start's answer, and is sent once", () => {
  const during = step(bound, { type: "stop_asked" }, at(5));
  equal(during.state, "stopping");
  equal(step(during, { type: "stop_sent" }, at(6)), during);
  equal(step(during, { type: "missing" }, at(6)), during);
  const acknowledged = step(during, { type: "start_acknowledged" }, at(7));
  const sent = step(acknowledged, { type: "stop_sent" }, at(8));
  deepEqual(awaitedOf(sent), { command: "stream.stop", since: 8 });
  equal(step(sent, { type: "stop_sent" }, at(9)), sent);
  const failed: StreamEvent = { type: "start_failed", reason: "refused", message: "No" };
  equal(reasonOf(step(during, failed, at(7))), "refused");
});

Deno.test("[STR41] until the device acknowledged its start, pictures at the worker do not make a stream live", () => {
  equal(step(asked, { type: "seen" }, at(1)), asked);
  equal(step(bound, { type: "pictures" }, at(1)), bound);
  equal(step(bound, { type: "seen" }, at(1)).state, "live");
  equal(step(starting, { type: "pictures" }, at(1)).state, "live");
});

Deno.test("[STR42] a coordinator that restarts awaits no answer, and each grace begins again", () => {
  for (const life of [asked, bound, stopping]) {
    const again = step(life, { type: "restarted" }, at(50_000));
    equal(awaitedOf(again), undefined);
    equal(again.since, 50_000);
    equal(step(again, { type: "worker_bound" }, at(50_001)), again);
    equal(step(again, { type: "start_acknowledged" }, at(50_001)), again);
  }
});

Deno.test("[STR43] in any order of events, no command waits without an end, and no answer counts twice", () => {
  /** The command that each answer belongs to. */
  const ANSWERS: Partial<Record<StreamEvent["type"], string>> = {
    worker_bound: "ingest.start",
    start_acknowledged: "stream.start",
    stop_agreed: "stream.stop",
    stop_failed: "stream.stop",
  };
  fc.assert(fc.property(someEvents, (sequence) => {
    const sent: Record<string, number> = { "ingest.start": 1, "stream.start": 0, "stream.stop": 0 };
    const accepted: Record<string, number> = {
      "ingest.start": 0,
      "stream.start": 0,
      "stream.stop": 0,
    };
    play(sequence, ({ before, event, after, now }) => {
      const was = awaitedOf(before);
      const is = awaitedOf(after);
      const answers = ANSWERS[event.type];
      if (answers && after !== before) {
        equal(was?.command, answers, "an answer counted that was not awaited");
        accepted[answers]! += 1;
      }
      if (is && is.command !== was?.command) sent[is.command]! += 1;
      if (is) {
        const expired = awaitedOf(step(after, tick, at(is.since + COMMAND_LIMIT)));
        equal(expired, undefined, "a command waits without an end");
      }
      // The deadlines follow from the state alone: a life that was written and read again ends as this one does.
      const read = StreamLife.parse(JSON.parse(JSON.stringify(after)));
      deepEqual(read, after);
      for (const pause of [0, COMMAND_LIMIT, STARTING_GRACE, UNOBSERVED_GRACE]) {
        deepEqual(step(read, tick, at(now + pause)), step(after, tick, at(now + pause)));
      }
    });
    for (const [command, count] of Object.entries(accepted)) {
      equal(count <= sent[command]!, true, `${command} was answered more often than sent`);
    }
    equal(accepted["ingest.start"]! <= 1 && accepted["stream.start"]! <= 1, true);
  }));
});

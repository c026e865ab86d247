import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  ATTEMPT_LIMIT,
  type InputEvent,
  type InputLife,
  openedInput,
  STALL_LIMIT,
  stepInput,
} from "../../../../agent/pipeline/input_life.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const PATIENCE = 300_000;
const rules = { what: "the camera", patience: PATIENCE, random: new SeededRandom() };
const step = (life: InputLife, event: InputEvent, now: number) =>
  stepInput(life, event, { now: now as Millis, rules });
const opened = openedInput(0 as Millis);
const failed = (error = "the camera ended") => ({ type: "failed", error }) as const;
const tick = { type: "tick" } as const;
const picture = { type: "picture" } as const;

Deno.test("[SND14] an input that failed is opened again after a second, and is open with its first picture", () => {
  let life = step(opened, failed(), 5_000);
  ok(life.state === "waiting" && life.until >= 6_000 && life.until <= 6_200);
  life = step(life, tick, 5_900);
  equal(life.state, "waiting");
  life = step(life, tick, 6_250);
  equal(life.state, "trying");
  equal(step(life, tick, 20_000).state, "trying");
  deepEqual(step(life, picture, 7_000), { state: "open", pictureAt: 7_000 });
});

Deno.test("[SND14] delays between attempts double up to 8 s and have a jitter of a fifth at most", () => {
  let life = step(opened, failed(), 0);
  const delays: number[] = [];
  for (let now = 0; delays.length < 7; now += 10) {
    life = step(life, tick, now);
    if (life.state !== "trying") continue;
    life = step(life, failed(), now);
    ok(life.state === "waiting");
    delays.push(life.until - now);
  }
  [2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000].forEach((least, at) => {
    const delay = delays[at]!;
    ok(delay >= least && delay <= least * 1.2 + 1, `${at}: ${delay}`);
  });
});

Deno.test("[SND14] an input without a picture for 10 s, and an attempt without one for 20 s, count as lost", () => {
  const shown = step(opened, picture, 1_000);
  equal(step(shown, tick, 1_000 + STALL_LIMIT - 1).state, "open");
  const stalled = step(shown, tick, 1_000 + STALL_LIMIT);
  match(stalled.state === "waiting" ? stalled.error : "", /the camera brought no picture for 10 s/);
  const trying = step(stalled, tick, 20_000);
  equal(trying.state, "trying");
  const again = step(trying, tick, 20_000 + ATTEMPT_LIMIT);
  deepEqual(again.state === "waiting" && [again.failures, again.since], [1, 1_000 + STALL_LIMIT]);
});

Deno.test("[SND15] an input that does not come back in time is over, with the reason of the last attempt", () => {
  let life = step(opened, failed("it ended"), 0);
  let attempts = 0;
  for (let now = 0; life.state !== "over" && now < 2 * PATIENCE; now += 250) {
    life = step(life, tick, now);
    if (life.state !== "trying") continue;
    attempts += 1;
    life = step(life, failed("Cannot open the camera: No such file"), now);
  }
  deepEqual(life, {
    state: "over",
    error: "Cannot open the camera: No such file. It did not come back within 300 s",
  });
  ok(attempts > 30 && attempts < 60, `${attempts} attempts`);
  equal(step(life, picture, 400_000), life, "over is over");
});

Deno.test("[SND15] without patience the first loss is the end", () => {
  const life = stepInput(opened, failed("it ended"), {
    now: 1 as Millis,
    rules: { ...rules, patience: 0 },
  });
  deepEqual(life, { state: "over", error: "it ended" });
});

Deno.test("[SND15] whatever happens, an input is open within the stall limit of a picture, or over in time", () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.constant<InputEvent>(tick) },
    { weight: 2, arbitrary: fc.constant<InputEvent>(picture) },
    { weight: 1, arbitrary: fc.constant<InputEvent>(failed()) },
  );
  const story = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 30_000 })), { maxLength: 200 });
  fc.assert(fc.property(story, (events) => {
    let life: InputLife = opened;
    let now = 0;
    for (const [event, passed] of events) {
      now += passed;
      life = step(life, event, now);
      if (event.type !== "tick") continue;
      if (life.state === "open") ok(now - life.pictureAt < STALL_LIMIT);
      if (life.state === "waiting") ok(now - life.since < PATIENCE && life.until - now <= 9_601);
      if (life.state === "trying") ok(now - life.startedAt < ATTEMPT_LIMIT);
    }
  }));
});

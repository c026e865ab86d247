import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  DRAINED_QUEUE,
  LONGEST_QUEUE,
  VideoBudget,
} from "../../../../../worker/sending/rate/video_budget.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

/** Sends a second's pictures at 50 a second and `rate` bits per second; every request is answered at once. */
function play({ target, rate, seconds }: { target: number; rate: number; seconds: number }) {
  const clock = new FakeClock();
  const budget = new VideoBudget(clock);
  const bytes = rate / 50 / 8;
  let keyframe = true;
  let sent = 0;
  let requests = 0;
  for (let n = 0; n < 50 * seconds; n++) {
    const verdict = budget.decide({ bytes, keyframe, target });
    keyframe = verdict === "request";
    if (verdict === "send") sent += bytes * 8;
    if (verdict === "request") requests += 1;
    clock.advance(20);
  }
  return { sent, requests };
}

Deno.test("[BUD1] a viewer whose target is as high as the encoder's gets every frame", () => {
  deepEqual(play({ target: 3e6, rate: 3e6, seconds: 10 }), { sent: 30e6, requests: 0 });
});

Deno.test("[BUD1] frames are dropped up to the first keyframe after the queue has drained", () => {
  const clock = new FakeClock();
  const budget = new VideoBudget(clock);
  const decide = (keyframe: boolean) => budget.decide({ bytes: 62_500, keyframe, target: 1e6 });
  equal(decide(true), "send");
  equal(decide(false), "wait");
  equal(decide(true), "wait");
  clock.advance(500 - DRAINED_QUEUE);
  equal(decide(false), "request");
  equal(decide(true), "send");
});

Deno.test("[BUD2] for any target and rate, a viewer gets no more than fits, and requests few keyframes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 100_000, max: 6_000_000 }),
    fc.integer({ min: 100_000, max: 20_000_000 }),
    (target, rate) => {
      const seconds = 5;
      const { sent, requests } = play({ target, rate, seconds });
      ok(sent <= target * (seconds + LONGEST_QUEUE / 1000) + rate / 50);
      ok(requests <= seconds * 1000 / (LONGEST_QUEUE - DRAINED_QUEUE) + 1);
    },
  ));
});

Deno.test("[BUD1] a target that falls does not lengthen the queue of frames that were sent before", () => {
  const clock = new FakeClock();
  const budget = new VideoBudget(clock);
  const send = (target: number, keyframe = false) =>
    budget.decide({ bytes: 12_500, keyframe, target });
  equal(send(500_000, true), "send");
  equal(send(50_000), "send");
  equal(send(50_000), "wait");
  clock.advance(2_150);
  equal(send(50_000, true), "send");
});

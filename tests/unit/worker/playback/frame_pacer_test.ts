import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { createFramePacer, nextDeadline } from "../../../../worker/playback/frame_pacer.ts";

/** Time that passes by waiting, and a little with every look at it. */
function setup({ look = 0.01, oversleep = 0.1 } = {}) {
  let time = 1_000;
  const waits: number[] = [];
  const pacer = createFramePacer({
    now: () => time += look,
    wait(ms) {
      waits.push(ms);
      time += ms + oversleep;
    },
  });
  return { pacer, waits, time: () => time, work: (ms: number) => void (time += ms) };
}

Deno.test("[PCE1] a frame is due one period after the one before, at the source's own rate", () => {
  for (const frameRate of [50, 59.7275, 60.0988]) {
    const { deadline, skipped } = nextDeadline({ last: 500, now: 505, frameRate });
    deepEqual([deadline, skipped], [500 + 1000 / frameRate, 0]);
  }
});

Deno.test("[PCE1] ten thousand frames do not drift", () => {
  const { pacer, time, work } = setup();
  pacer.waitForFrame(60.0988);
  const began = time();
  for (let frame = 0; frame < 10_000; frame++) {
    work(3);
    pacer.waitForFrame(60.0988);
  }
  ok(Math.abs(time() - began - 10_000 * 1000 / 60.0988) < 1);
});

Deno.test("[PCE1] it sleeps once, to the deadline", () => {
  const { pacer, waits, time } = setup();
  pacer.waitForFrame(100);
  const first = time();
  pacer.waitForFrame(100);
  ok(time() - first >= 10 && time() - first < 10.2, `${time() - first}`);
  equal(waits.length, 1);
});

Deno.test("[PCE1] after a sleep that ended early the pacer sleeps again", () => {
  let time = 0;
  const pacer = createFramePacer({ now: () => time += 0.01, wait: (ms) => time += ms / 2 });
  pacer.waitForFrame(50);
  pacer.waitForFrame(50);
  ok(time >= 20 && time < 20.1, `${time}`);
});

Deno.test("[PCE2] up to two late frames are made up for", () => {
  deepEqual(nextDeadline({ last: 0, now: 29.9, frameRate: 100 }), { deadline: 10, skipped: 0 });
});

Deno.test("[PCE2] after a longer stall the missed frames are skipped and counted, and the next is due at a whole number of periods", () => {
  deepEqual(nextDeadline({ last: 0, now: 54, frameRate: 100 }), { deadline: 50, skipped: 4 });
});

Deno.test("[PCE2] after any stall at most two late frames are made up for", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 20, max: 240, noNaN: true }),
      (now, frameRate) => {
        const { deadline, skipped } = nextDeadline({ last: 0, now, frameRate });
        const period = 1000 / frameRate;
        ok(now - deadline <= 2 * period + 1e-6);
        ok(Math.abs(deadline - (skipped + 1) * period) < 1e-6);
        if (skipped > 0) ok(deadline <= now + 1e-6);
      },
    ),
  );
});

Deno.test("[PCE2] the pacer returns the number of skipped frames once", () => {
  const { pacer, work } = setup();
  pacer.waitForFrame(100);
  work(54);
  equal(pacer.waitForFrame(100), 4);
  equal(pacer.waitForFrame(100), 0);
});

Deno.test("[PCE3] the first frame is due at once, unless the source begins paused", () => {
  const { pacer, time } = setup();
  const before = time();
  equal(pacer.waitForFrame(100), 0);
  ok(time() - before < 0.1);
  const paused = setup();
  paused.pacer.restart();
  const began = paused.time();
  paused.pacer.waitForFrame(100);
  ok(paused.time() - began >= 10);
});

Deno.test("[PCE3] after a restart the next frame is due one period later, and nothing was skipped", () => {
  const { pacer, work, time } = setup();
  pacer.waitForFrame(100);
  work(5_000);
  pacer.restart();
  const before = time();
  equal(pacer.waitForFrame(100), 0);
  ok(time() - before >= 10 && time() - before < 10.2);
});

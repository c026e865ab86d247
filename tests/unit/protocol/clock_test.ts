import { deepEqual, equal } from "node:assert/strict";
import { every, sleep } from "../../../protocol/clock.ts";
import { FakeClock } from "../../fakes/clock.ts";

Deno.test("a task runs every period until it is disposed", () => {
  const clock = new FakeClock();
  const at: number[] = [];
  const task = every(clock, 10, () => at.push(clock.now()));
  clock.advance(35);
  task[Symbol.dispose]();
  clock.advance(100);
  deepEqual(at, [10, 20, 30]);
  equal(clock.pending, 0);
});

Deno.test("a periodic task may dispose itself", () => {
  const clock = new FakeClock();
  let runs = 0;
  const task = every(clock, 10, () => {
    runs += 1;
    task[Symbol.dispose]();
  });
  clock.advance(100);
  equal(runs, 1);
  equal(clock.pending, 0);
});

Deno.test("a periodic task that throws is tried again", () => {
  const clock = new FakeClock();
  let runs = 0;
  using _task = every(clock, 10, () => {
    runs += 1;
    throw new Error("on purpose");
  });
  for (let turn = 0; turn < 3; turn++) {
    try {
      clock.advance(10);
    } catch { /* the task's own */ }
  }
  equal(runs, 3);
});

Deno.test("a sleep ends when its time is over, not before", async () => {
  const clock = new FakeClock();
  let awake = false;
  void sleep(clock, 50).then(() => awake = true);
  await clock.run(49);
  equal(awake, false);
  await clock.run(1);
  equal(awake, true);
});

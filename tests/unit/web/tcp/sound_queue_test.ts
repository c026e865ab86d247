import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { SoundQueue } from "../../../../web/public/sound_worklet.js";

/** A block of 10 ms whose samples all have this value. */
const block = (
  value: number,
) => [new Float32Array(480).fill(value), new Float32Array(480).fill(-value)];
/** What leaves in 128 samples. */
function pull(queue: SoundQueue): Float32Array[] {
  const sides = [new Float32Array(128).fill(9), new Float32Array(128).fill(9)];
  queue.pull(sides);
  return sides;
}

Deno.test("[OVT2] sound begins when 30 ms wait, on both sides, and ends in silence", () => {
  const queue = new SoundQueue();
  queue.push(block(1));
  queue.push(block(2));
  deepEqual([...new Set(pull(queue)[0])], [0]);
  queue.push(block(3));
  const [left, right] = pull(queue);
  deepEqual([left![0], right![0]], [1, -1]);
  for (let n = 0; n < 20; n++) pull(queue);
  deepEqual([...new Set(pull(queue)[1])], [0]);
  queue.push(block(4));
  deepEqual([...new Set(pull(queue)[0])], [0], "after a gap it waits again");
});

Deno.test("[OVT2] at most 80 ms wait; beyond that the oldest are dropped down to 30 ms", () => {
  const queue = new SoundQueue();
  for (let n = 1; n <= 8; n++) queue.push(block(n));
  equal(queue.length, 3_840);
  queue.push(block(9));
  ok(queue.length <= 1_440);
  equal(pull(queue)[0]![0], 7);
});

Deno.test("[OVT2] whatever comes and leaves, the samples are in order and never too many", () => {
  const events = fc.array(fc.boolean(), { maxLength: 200 });
  fc.assert(fc.property(events, (events) => {
    const queue = new SoundQueue();
    let value = 0;
    let newest = 0;
    for (const isPush of events) {
      if (isPush) queue.push(block(++value / 1_000));
      else {
        for (const sample of pull(queue)[0]!) {
          if (sample === 0) continue;
          ok(sample >= newest);
          newest = sample;
        }
      }
      ok(queue.length >= 0 && queue.length <= 3_840);
    }
  }));
});

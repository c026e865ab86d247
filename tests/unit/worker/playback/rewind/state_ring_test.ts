import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { applyDelta, deltaOf, sizeOf } from "../../../../../worker/playback/rewind/delta.ts";
import { StateRing } from "../../../../../worker/playback/rewind/state_ring.ts";

const bytes = fc.uint8Array({ minLength: 0, maxLength: 400 })
  .map((each) => Uint8Array.from(each));

Deno.test("[REW1] a delta leads back to exactly the older state, and takes no more memory than it", () => {
  fc.assert(fc.property(
    bytes,
    fc.array(fc.tuple(fc.nat(399), fc.nat(255)), { maxLength: 6 }),
    fc.boolean(),
    (older, changes, grows) => {
      const newer = new Uint8Array(older.length + (grows ? 1 : 0));
      newer.set(older);
      for (const [at, value] of changes) if (at < newer.length) newer[at] = value;
      const before = newer.slice();
      const delta = deltaOf(newer, older);
      deepEqual(applyDelta(newer, delta), older);
      deepEqual(newer, before);
      ok(sizeOf(delta) <= older.length);
    },
  ));
});

Deno.test("[REW1] whatever is pushed and gone back to, the ring has the states that fit, whole and in order", () => {
  const step = fc.oneof(
    fc.record({ push: bytes, after: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ back: fc.nat(400) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const bounds = { states: 8, bytes: 1_200 };
    const ring = new StateRing(bounds);
    /** All states that were not gone back beyond, of which the ring has the newest. */
    let all: { frame: number; state: Uint8Array<ArrayBuffer> }[] = [];
    let frame = 0;
    for (const each of steps) {
      if ("push" in each) {
        frame += each.after;
        all.push({ frame, state: each.push });
        ring.push(all.at(-1)!);
      } else {
        const oldest = ring.oldest;
        const target = frame - each.back;
        const kept = all.filter((one) => oldest !== undefined && one.frame >= oldest);
        const wanted = kept.findLast((one) => one.frame <= target) ?? kept[0];
        deepEqual(ring.back(target), wanted);
        if (wanted) {
          frame = wanted.frame;
          all = kept.filter((one) => one.frame <= frame);
        }
      }
      const isOne = all.at(-1)?.frame === ring.oldest;
      ok(isOne || ring.bytes <= bounds.bytes, `${ring.bytes} bytes`);
      ok(all.filter((one) => one.frame >= (ring.oldest ?? Infinity)).length <= bounds.states);
    }
  }));
});

Deno.test("[REW1] a game of which little changes keeps its 30 s in a fraction of the memory", () => {
  const ring = new StateRing({ states: 31, bytes: 16 * 1024 * 1024 });
  const state = new Uint8Array(800 * 1024);
  for (let second = 0; second < 100; second++) {
    for (let at = second; at < state.length; at += 40_000) state[at]! ^= second;
    ring.push({ frame: second * 60, state: state.slice() });
  }
  equal(ring.oldest, 69 * 60);
  ok(ring.bytes < 900 * 1024, `${ring.bytes} bytes`);
  equal(ring.back(80 * 60)?.frame, 80 * 60);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MOST_BYTES, MOST_SEGMENTS, segmentsEnd } from "../../../../worker/fast_send/segments.ts";

function runs(lengths: readonly number[]): number[][] {
  const found: number[][] = [];
  for (let first = 0; first < lengths.length;) {
    const end = segmentsEnd(lengths, lengths.length, first);
    found.push(lengths.slice(first, end));
    first = end;
  }
  return found;
}

Deno.test("[FST5] a message holds packets of equal length and at most one shorter one, the last", () => {
  deepEqual(runs([9, 9, 9, 4]), [[9, 9, 9, 4]]);
  deepEqual(runs([9, 9, 4, 4]), [[9, 9, 4], [4]]);
  deepEqual(runs([4, 9, 9]), [[4], [9, 9]]);
  deepEqual(runs([9, 4, 9, 9, 3]), [[9, 4], [9, 9, 3]]);
  deepEqual(runs([7]), [[7]]);
});

Deno.test("[FST5] any packets are divided in order, and no message is larger than the system takes", () => {
  const length = fc.oneof(fc.constantFrom(1_200, 1_190, 60), fc.integer({ min: 12, max: 1_500 }));
  fc.assert(fc.property(fc.array(length, { maxLength: 200 }), (lengths) => {
    const found = runs(lengths);
    deepEqual(found.flat(), lengths);
    for (const run of found) {
      const [first = 0, ...rest] = run;
      ok(run.length <= MOST_SEGMENTS);
      ok(run.reduce((sum, each) => sum + each, 0) <= MOST_BYTES);
      rest.forEach((each, index) => ok(index === rest.length - 1 ? each <= first : each === first));
    }
    equal(found.some((run) => run.length === 0), false);
  }));
});

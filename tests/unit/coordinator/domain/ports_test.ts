import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { freePairs, leasePairs, pairsOf, portsHeld } from "../../../../coordinator/domain/ports.ts";

Deno.test("[POR1] ports are leased in pairs that begin with an even port and lie within the range", () => {
  equal(pairsOf({ first: 15_000, last: 15_999 }), 500);
  equal(pairsOf({ first: 15_001, last: 15_004 }), 1);
  equal(pairsOf({ first: 15_001, last: 15_001 }), 0);
  deepEqual(leasePairs({ first: 15_001, last: 15_005 }, new Set(), { count: 2 }), [15_002, 15_004]);
});

Deno.test("[POR2] a lease takes only free ports, and all that are needed or none", () => {
  const range = { first: 15_000, last: 15_005 };
  const taken = new Set(portsHeld([15_002]));
  deepEqual(leasePairs(range, taken, { count: 2 }), [15_000, 15_004]);
  equal(leasePairs(range, taken, { count: 3 }), undefined);
  equal(freePairs(range, taken), 2);
});

Deno.test("[POR3] a port that was just released is not leased while others are free", () => {
  const range = { first: 15_000, last: 15_005 };
  deepEqual(leasePairs(range, new Set(), { count: 1, after: 15_000 }), [15_002]);
  deepEqual(leasePairs(range, new Set(), { count: 1, after: 15_004 }), [15_000]);
});

Deno.test("[POR4] leases never overlap", () => {
  const range = { first: 15_000, last: 15_015 };
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 4 })), (counts) => {
    const taken = new Set<number>();
    for (const count of counts) {
      const ports = leasePairs(range, taken, { count });
      for (const port of portsHeld(ports ?? [])) {
        equal(taken.has(port), false);
        taken.add(port);
      }
    }
  }));
});

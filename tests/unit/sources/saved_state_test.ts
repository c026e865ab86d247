import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { sealState, unsealState } from "../../../worker/sources/saved_state.ts";

Deno.test("[SRC2] a sealed state is read back unchanged", () => {
  fc.assert(fc.property(fc.uint8Array(), fc.string(), (body, owner) => {
    deepEqual(unsealState(sealState(body, owner), owner), body);
  }));
});

Deno.test("[SRC2] a state of another game is refused", () => {
  equal(unsealState(sealState(new Uint8Array(9), "jsnes 1"), "jsnes 2"), undefined);
});

Deno.test("[SRC2] a state with one flipped bit at any position is refused", () => {
  const sealed = sealState(Uint8Array.of(1, 2, 3, 4), "core 1");
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const broken = sealed.slice();
    broken[bit >> 3]! ^= 1 << (bit & 7);
    equal(unsealState(broken, "core 1"), undefined, `bit ${bit}`);
  }
});

Deno.test("[SRC2] a truncated state and random bytes are refused", () => {
  const sealed = sealState(Uint8Array.of(1, 2, 3), "core 1");
  for (let length = 0; length < sealed.length; length++) {
    equal(unsealState(sealed.subarray(0, length), "core 1"), undefined);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    equal(unsealState(bytes, "core 1"), undefined);
  }));
});

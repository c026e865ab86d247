import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_PAYLOAD } from "../../../../media/ports.ts";
import { vp8Payloads } from "../../../../worker/sending/vp8_payloads.ts";

Deno.test("[PKT1] a frame can be put together again from its payloads", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20_000 }), (frame) => {
    const bodies = vp8Payloads(frame).map((payload) => [...payload.subarray(1)]);
    deepEqual(Uint8Array.from(bodies.flat()), frame);
  }));
});

Deno.test("[PKT2] no payload is longer than the limit, and each holds a part of the frame", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 200_000 }), (size) => {
    const payloads = vp8Payloads(new Uint8Array(size));
    ok(payloads.every(({ length }) => length >= 2 && length <= MAX_PAYLOAD));
  }));
});

Deno.test("[PKT4] only the first payload marks the start of a partition", () => {
  const descriptors = vp8Payloads(new Uint8Array(3 * MAX_PAYLOAD)).map(([first]) => first);
  deepEqual(descriptors, [0x10, 0, 0, 0]);
});

import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { splitOpus, writeOpusUnit } from "../../../../media/mpegts/opus_units.ts";

Deno.test("[WHP11] an Opus packet behind a control header is read as it was", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 1_300 }), (packet) => {
    const units = splitOpus(writeOpusUnit(packet));
    deepEqual(units.map(({ data }) => [...data]), [[...packet]]);
  }));
});

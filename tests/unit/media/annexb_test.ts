import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { joinNals, splitNals } from "../../../media/annexb.ts";

/** A NAL unit as encoders make them: no start code inside (emulation prevention), no zero at the end. */
const nal = fc.uint8Array({ minLength: 1, maxLength: 60 }).filter((bytes) =>
  bytes.at(-1) !== 0 && !/0,0,[01]\b/.test(bytes.join(",")) && !bytes.join(",").includes("0,0,0")
);

Deno.test("[PKT1] units joined with start codes split into the same units", () => {
  fc.assert(fc.property(fc.array(nal), (nals) => {
    deepEqual(splitNals(joinNals(nals)), nals.map((bytes) => new Uint8Array(bytes)));
  }));
});

Deno.test("[PKT1] short start codes and trailing zeros belong to no unit", () => {
  const data = Uint8Array.of(0, 0, 1, 0x67, 5, 0, 0, 0, 1, 0x68, 6, 0, 0, 0, 0, 1);
  deepEqual(splitNals(data), [Uint8Array.of(0x67, 5), Uint8Array.of(0x68, 6)]);
});

Deno.test("[PKT1] any bytes split into units that are parts of them", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
    for (const part of splitNals(data)) ok(part.length > 0 && part.buffer === data.buffer);
  }));
});

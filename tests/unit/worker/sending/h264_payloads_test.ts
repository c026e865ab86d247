import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { joinNals, nalType } from "../../../../media/annexb.ts";
import { h264Payloads } from "../../../../worker/sending/h264_payloads.ts";
import { MAX_PAYLOAD } from "../../../../media/ports.ts";

const SPS = Uint8Array.of(0x67, 0x42, 0xc0, 0x1f, 1);
const PPS = Uint8Array.of(0x68, 2, 3);

/** A unit of a type and size whose bytes hold no start code. */
function unit(type: number, { size }: { size: number }): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, index) => 1 + (index * 7) % 250);
  bytes[0] = 0x60 | type;
  return bytes;
}

/** The receiving side of RFC 6184: units out of payloads. */
function reassemble(payloads: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let fragments: number[] = [];
  for (const payload of payloads) {
    const type = nalType(payload);
    if (type === 24) {
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      for (let at = 1; at < payload.length;) {
        const size = view.getUint16(at);
        units.push(payload.slice(at + 2, at + 2 + size));
        at += 2 + size;
      }
    } else if (type === 28) {
      const header = payload[1]!;
      if (header & 0x80) fragments = [(payload[0]! & 0xe0) | (header & 0x1f)];
      fragments.push(...payload.subarray(2));
      if (header & 0x40) units.push(Uint8Array.from(fragments));
    } else {
      units.push(payload.slice());
    }
  }
  return units;
}

Deno.test("[PKT1] the NAL units of an access unit can be put together again from its payloads", () => {
  const units = fc.array(
    fc.record({ type: fc.constantFrom(1, 5, 7, 8), size: fc.integer({ min: 1, max: 5000 }) }),
  );
  fc.assert(fc.property(units, (specs) => {
    const nals = specs.map(({ type, size }) => unit(type, { size }));
    deepEqual(reassemble(h264Payloads(joinNals(nals))), nals);
  }));
});

Deno.test("[PKT2] no packet is longer than the limit", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), (size) => {
    const payloads = h264Payloads(joinNals([SPS, PPS, unit(5, { size })]));
    ok(payloads.every((payload) => payload.length <= MAX_PAYLOAD));
  }));
});

Deno.test("[PKT2] fragments are of nearly the same size", () => {
  const sizes = h264Payloads(joinNals([unit(5, { size: 2400 })])).map(({ length }) => length);
  deepEqual(sizes, [802, 802, 801]);
});

Deno.test("[PKT3] SPS and PPS share one packet, before the picture", () => {
  const payloads = h264Payloads(joinNals([SPS, PPS, unit(5, { size: 100 })]));
  deepEqual(payloads.map(nalType), [24, 5]);
  equal(payloads[0]!.length, 1 + 2 + SPS.length + 2 + PPS.length);
});

Deno.test("[PKT3] SEI and delimiters are left out", () => {
  const delimiter = unit(9, { size: 2 });
  const sei = unit(6, { size: 600 });
  deepEqual(h264Payloads(joinNals([delimiter, sei, unit(1, { size: 50 })])).map(nalType), [1]);
});

Deno.test("[PKT2] any bytes make payloads within the limit", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), (data) => {
    ok(h264Payloads(data).every(({ length }) => length >= 1 && length <= MAX_PAYLOAD));
  }));
});

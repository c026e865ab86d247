import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { TsDemuxer, type Unit } from "../../../../media/mpegts/demuxer.ts";
import { TsMuxer } from "../../../../media/mpegts/muxer.ts";
import { PACKET_SIZE } from "../../../../media/mpegts/packet.ts";
import { writePat } from "../../../../media/mpegts/tables.ts";

function setup() {
  const units: Unit[] = [];
  const demuxer = new TsDemuxer({ unit: (unit) => void units.push(unit) });
  return { demuxer, units };
}

/** Five pictures of three or more packets each. */
function stream(): Uint8Array<ArrayBuffer>[] {
  const muxer = new TsMuxer({});
  return [0, 1, 2, 3, 4].map((at) =>
    muxer.video(new Uint8Array(600).fill(at + 1), { pts: at * 3_000, keyframe: at === 0 })
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("[TSM5] bytes may arrive in pieces of any length", () => {
  const bytes = joined(stream());
  fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
    const { demuxer, units } = setup();
    const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
    places.slice(1).forEach((end, at) => demuxer.push(bytes.subarray(places[at], end)));
    deepEqual(units.map(({ pts }) => pts), [0, 3_000, 6_000, 9_000, 12_000]);
  }));
});

Deno.test("[TSM6] a unit with a packet missing is left out, and the loss is counted", () => {
  const { demuxer, units } = setup();
  const pictures = stream();
  const second = pictures[1]!;
  const holed = joined([second.subarray(0, PACKET_SIZE), second.subarray(2 * PACKET_SIZE)]);
  for (const bytes of [pictures[0]!, holed, ...pictures.slice(2)]) demuxer.push(bytes);
  deepEqual(units.map(({ pts }) => pts), [0, 6_000, 9_000, 12_000]);
  equal(demuxer.counts.lost, 1);
  equal(demuxer.counts.damagedUnits, 1);
});

Deno.test("[TSM6] a packet that comes twice counts once", () => {
  const { demuxer, units } = setup();
  for (const bytes of stream()) {
    for (let at = 0; at < bytes.length; at += PACKET_SIZE) {
      const packet = bytes.subarray(at, at + PACKET_SIZE);
      demuxer.push(packet);
      demuxer.push(packet);
    }
  }
  deepEqual(units.map(({ data }) => data.length), [600, 600, 600, 600, 600]);
  equal(demuxer.counts.lost, 0);
});

Deno.test("[TSM7] bytes that belong to no packet are skipped", () => {
  const { demuxer, units } = setup();
  const [first, second, third] = stream();
  demuxer.push(joined([Uint8Array.of(1, 2, 3), first!]));
  demuxer.push(joined([Uint8Array.of(9, 9), second!, third!]));
  deepEqual(units.map(({ pts }) => pts), [0, 3_000, 6_000]);
  equal(demuxer.counts.skippedBytes, 5);
});

Deno.test("[TSM7] random bytes cause no exception and no unbounded memory", () => {
  const valid = joined(stream());
  const garbage = fc.uint8Array({ maxLength: 2_000 });
  const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 40 });
  fc.assert(
    fc.property(garbage, flips, (noise, changes) => {
      const { demuxer } = setup();
      const damaged = valid.slice();
      for (const [at, value] of changes) damaged[at] = value;
      demuxer.push(noise);
      demuxer.push(damaged);
      demuxer.push(noise);
      ok(demuxer.counts.packets <= (noise.length * 2 + damaged.length) / PACKET_SIZE + 1);
    }),
    { numRuns: 300 },
  );
});

Deno.test("[TSM8] a table with a wrong checksum is ignored", () => {
  const { demuxer, units } = setup();
  const [first] = stream();
  first![PACKET_SIZE - 100] = 0;
  const table = first!.subarray(0, PACKET_SIZE);
  table[5 + writePat(0x1000).length - 1]! ^= 1;
  demuxer.push(first!);
  deepEqual(units, []);
  deepEqual(demuxer.codecs, []);
});

Deno.test("[TSM9] a restart drops incomplete units", () => {
  const { demuxer, units } = setup();
  const [first, second, ...rest] = stream();
  demuxer.push(first!);
  demuxer.push(second!.subarray(0, PACKET_SIZE));
  demuxer.restart();
  for (const bytes of rest) demuxer.push(bytes);
  deepEqual(units.map(({ pts }) => pts), [0], "without tables nothing can be told apart");
  demuxer.restart();
  for (const bytes of stream()) demuxer.push(bytes);
  equal(units.length, 6);
  equal(demuxer.counts.lost, 0);
});

import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { capacity, type Conditions, HEADER_BYTES } from "../../../support/relay/conditions.ts";
import type { Script } from "../../../support/relay/conditions.ts";
import { NetworkPath } from "../../../support/relay/path.ts";
import { SeededRandom } from "../../../fakes/random.ts";

interface Packet {
  readonly n: number;
  readonly byteLength: number;
}

const share = fc.double({ min: 0, max: 0.5, noNaN: true });
const ms = fc.double({ min: 0, max: 200, noNaN: true });
const bottleneck = fc.record({
  rate: fc.integer({ min: 100_000, max: 50_000_000 }),
  queueMs: fc.integer({ min: 0, max: 500 }),
  bucketBytes: fc.constantFrom(0, 1_500, 6_000),
});
const conditions: fc.Arbitrary<Conditions> = fc.record({
  loss: share,
  burst: fc.record({ share, length: fc.integer({ min: 1, max: 20 }) }),
  delayMs: ms,
  jitterMs: ms,
  jitterReorders: fc.boolean(),
  reorder: fc.record({ share, byMs: ms }),
  duplicate: share,
  bottleneck,
  blackout: fc.boolean(),
}, { requiredKeys: [] });

function scripts(each: fc.Arbitrary<Conditions>): fc.Arbitrary<Script> {
  const phase = fc.record({
    lastsMs: fc.double({ min: 1, max: 300, noNaN: true }),
    conditions: each,
  });
  return fc.record({
    phases: fc.array(phase, { minLength: 1, maxLength: 4 }),
    repeats: fc.boolean(),
  });
}

const traffic = fc.array(
  fc.record({
    gap: fc.double({ min: 0, max: 40, noNaN: true }),
    bytes: fc.integer({ min: 1, max: 1_400 }),
  }),
  { maxLength: 120 },
);
type Traffic = typeof traffic extends fc.Arbitrary<infer T> ? T : never;

/** Sends the traffic and takes all arrivals at the times that the path names. */
function run(script: Script, packets: Traffic, { seed = 3, began = 1_000 } = {}) {
  const path = new NetworkPath<Packet>({ script, random: new SeededRandom(seed), now: began });
  const arrivals: { n: number; at: number; byteLength: number }[] = [];
  let calls = 0;
  const collect = (until: number) => {
    for (let at = path.nextAt; at !== undefined && at <= until; at = path.nextAt) {
      for (const packet of path.take(at)) arrivals.push({ ...packet, at: at - began });
      ok(++calls < 100_000, "the path names times without end");
    }
  };
  let now = began;
  packets.forEach(({ gap, bytes }, n) => {
    now += gap;
    collect(now);
    path.push({ n, byteLength: bytes }, now);
  });
  collect(Infinity);
  return { arrivals, counts: path.counts, isEmpty: path.nextAt === undefined };
}

Deno.test("every packet is delivered, lost, dropped or doubled, and none is invented", () => {
  fc.assert(fc.property(scripts(conditions), traffic, (script, packets) => {
    const { arrivals, counts, isEmpty } = run(script, packets);
    ok(isEmpty);
    ok(arrivals.every(({ n, byteLength }) => packets[n]?.bytes === byteLength));
    const ended = counts.delivered + counts.lost + counts.overflowed + counts.blackedOut;
    deepEqual([counts.pushed + counts.duplicated, arrivals.length], [ended, counts.delivered]);
    packets.forEach((_, n) => ok(arrivals.filter((each) => each.n === n).length <= 2));
  }));
});

Deno.test("packets keep their order unless they may be reordered", () => {
  const ordered = conditions.map(({ reorder: _, ...rest }) => ({ ...rest, jitterReorders: false }));
  fc.assert(fc.property(scripts(ordered), traffic, (script, packets) => {
    const { arrivals } = run(script, packets);
    ok(arrivals.every(({ n }, i) => i === 0 || n >= arrivals[i - 1]!.n));
  }));
});

Deno.test("a bottleneck never passes more than its bitrate and its bucket", () => {
  const limited = fc.record({ bottleneck });
  fc.assert(fc.property(scripts(limited), traffic, (script, packets) => {
    const { arrivals } = run(script, packets);
    const bucket = Math.max(...script.phases.map((p) => p.conditions.bottleneck!.bucketBytes!));
    for (let from = 0; from < arrivals.length; from += 7) {
      let bits = 0;
      for (const { at, byteLength } of arrivals.slice(from)) {
        bits += 8 * (byteLength + HEADER_BYTES);
        // The first of them may have been sent before the interval.
        const most = capacity(script, arrivals[from]!.at, at) + 8 * (bucket + 1_428) + 120;
        ok(bits <= most, `${bits} bits where ${most} may pass`);
      }
    }
  }));
});

Deno.test("no packet waits longer than the queue's bound while the bitrate stays", () => {
  fc.assert(fc.property(bottleneck, traffic, (limit, packets) => {
    const script = { phases: [{ lastsMs: 1, conditions: { bottleneck: limit } }] };
    const { arrivals } = run(script, packets);
    let sent = 0;
    const sentAt = packets.map(({ gap }) => sent += gap);
    for (const { n, at, byteLength } of arrivals) {
      const own = 8_000 * (byteLength + HEADER_BYTES) / limit.rate;
      ok(at - sentAt[n]! <= Math.max(own, limit.queueMs) + 0.1);
    }
  }));
});

Deno.test("the same seed gives the same result, and how often the path is asked changes nothing", () => {
  fc.assert(fc.property(scripts(conditions), traffic, fc.nat(), (script, packets, seed) => {
    const one = run(script, packets, { seed });
    deepEqual(run(script, packets, { seed }), one);
    const path = new NetworkPath<Packet>({ script, random: new SeededRandom(seed), now: 1_000 });
    let now = 1_000;
    packets.forEach(({ gap, bytes }, n) => path.push({ n, byteLength: bytes }, now += gap));
    const arrived = path.take(now + 100_000).map(({ n }) => n);
    deepEqual(arrived, one.arrivals.map(({ n }) => n));
  }));
});

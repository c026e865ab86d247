import { deepEqual, equal, ok } from "node:assert/strict";
import { always, type Conditions, HEADER_BYTES } from "../../../support/relay/conditions.ts";
import { NetworkPath } from "../../../support/relay/path.ts";
import { blackout, FLAT, OSCILLATING } from "../../../support/relay/regimes.ts";
import { SeededRandom } from "../../../fakes/random.ts";

interface Packet {
  readonly n: number;
  readonly byteLength: number;
}

const BYTES = 1_250 - HEADER_BYTES;

function setup(conditions: Conditions | ReturnType<typeof always>, seed = 7) {
  const script = "phases" in conditions ? conditions : always(conditions);
  return new NetworkPath<Packet>({ script, random: new SeededRandom(seed), now: 0 });
}

/** Pushes `count` packets, one each `period` milliseconds; returns all arrivals with their times. */
function send(
  path: NetworkPath<Packet>,
  { count, period, bytes = BYTES }: { count: number; period: number; bytes?: number },
) {
  const arrivals: { n: number; at: number }[] = [];
  const collect = (until: number) => {
    for (let at = path.nextAt; at !== undefined && at <= until; at = path.nextAt) {
      for (const { n } of path.take(at)) arrivals.push({ n, at });
    }
  };
  for (let n = 0; n < count; n++) {
    collect(n * period);
    path.push({ n, byteLength: bytes }, n * period);
  }
  collect(Infinity);
  return arrivals;
}

Deno.test("a path without impairments passes each packet at once", () => {
  const arrivals = send(setup({}), { count: 3, period: 10 });
  deepEqual(arrivals, [{ n: 0, at: 0 }, { n: 1, at: 10 }, { n: 2, at: 20 }]);
});

Deno.test("a delay moves every packet by the same time", () => {
  const path = setup({ delayMs: 25 });
  path.push({ n: 0, byteLength: BYTES }, 100);
  equal(path.nextAt, 125);
  deepEqual(path.take(124.9), []);
  equal(path.take(125).length, 1);
  equal(path.nextAt, undefined);
});

Deno.test("random loss takes its share", () => {
  const path = setup({ loss: 0.03 });
  send(path, { count: 50_000, period: 1 });
  ok(Math.abs(path.counts.lost / 50_000 - 0.03) < 0.005, `${path.counts.lost} lost`);
});

Deno.test("bursts of loss have their mean length and take their share", () => {
  const path = setup({ burst: { share: 0.05, length: 4 } });
  const arrived = new Set(send(path, { count: 100_000, period: 1 }).map(({ n }) => n));
  let bursts = 0;
  for (let n = 0; n < 100_000; n++) if (!arrived.has(n) && arrived.has(n - 1)) bursts++;
  const lost = 100_000 - arrived.size;
  ok(Math.abs(lost / 100_000 - 0.05) < 0.005, `${lost} lost`);
  ok(Math.abs(lost / bursts - 4) < 0.4, `mean burst of ${lost / bursts}`);
});

Deno.test("jitter keeps the order unless it may reorder", () => {
  const inOrder = send(setup({ delayMs: 30, jitterMs: 20 }), { count: 2_000, period: 3 });
  deepEqual(inOrder.map(({ n }) => n), Array.from({ length: 2_000 }, (_, n) => n));
  ok(inOrder.every(({ n, at }) => at - 3 * n >= 10 && at - 3 * n <= 50));
  const free = send(setup({ delayMs: 30, jitterMs: 20, jitterReorders: true }), {
    count: 2_000,
    period: 3,
  });
  ok(free.some(({ n }, i) => i > 0 && n < free[i - 1]!.n));
});

Deno.test("a reordered packet is overtaken by those of the next milliseconds", () => {
  const arrivals = send(setup({ delayMs: 10, reorder: { share: 0.1, byMs: 5 } }), {
    count: 3_000,
    period: 2,
  });
  const late = arrivals.filter(({ n, at }) => at - 2 * n > 14.9);
  equal(arrivals.length, 3_000);
  ok(Math.abs(late.length / 3_000 - 0.1) < 0.02, `${late.length} late`);
});

Deno.test("a duplicated packet arrives twice", () => {
  const path = setup({ duplicate: 0.2 });
  const arrivals = send(path, { count: 5_000, period: 1 });
  equal(arrivals.length, 5_000 + path.counts.duplicated);
  ok(Math.abs(path.counts.duplicated / 5_000 - 0.2) < 0.03);
});

Deno.test("a bottleneck sends one packet after the other and drops what would wait too long", () => {
  const path = setup({ bottleneck: { rate: 1_000_000, queueMs: 30 } });
  for (let n = 0; n < 5; n++) path.push({ n, byteLength: BYTES }, 0);
  equal(path.counts.overflowed, 2);
  deepEqual([path.take(9.9).length, path.take(10).length], [0, 1]);
  equal(path.nextAt, 20);
  deepEqual(path.take(30).map(({ n }) => n), [1, 2]);
});

Deno.test("a bucket lets that many bytes pass at once after a pause", () => {
  const path = setup({ bottleneck: { rate: 1_000_000, queueMs: 100, bucketBytes: 2_500 } });
  for (let n = 0; n < 4; n++) path.push({ n, byteLength: BYTES }, 1_000);
  equal(path.take(1_000).length, 2);
  equal(path.take(1_010).length, 1);
  equal(path.take(1_020).length, 1);
});

Deno.test("a change of the bitrate counts from its instant, also for the packet that is being sent", () => {
  const rates = [1_000_000, 500_000].map((rate) => ({
    lastsMs: 105,
    conditions: { bottleneck: { rate, queueMs: 1_000 } },
  }));
  const path = setup({ phases: rates });
  for (let n = 0; n < 2; n++) path.push({ n, byteLength: BYTES }, 100);
  // Half of the first packet is sent by 105, the other half takes 10 ms, the second packet 20 ms.
  equal(path.take(114.9).length, 0);
  equal(path.take(115.1).length, 1);
  equal(path.take(134.9).length, 0);
  equal(path.take(135.1).length, 1);
});

Deno.test("a blackout loses what enters, what waits and what would arrive, and nothing after it", () => {
  const path = setup(blackout(1_000, { afterMs: 500, roundTripMs: 20 }).down);
  const arrivals = send(path, { count: 400, period: 5 }).map(({ n }) => 5 * n);
  deepEqual([Math.max(...arrivals.filter((at) => at < 1_000)), arrivals.find((at) => at > 490)], [
    485,
    1_500,
  ]);
  equal(path.counts.blackedOut, 400 - arrivals.length);
});

Deno.test("what a condition does to one packet leaves the fate of all others as it was", () => {
  const fate = (conditions: Conditions) =>
    send(setup({ loss: 0.05, delayMs: 5, ...conditions }), { count: 1_000, period: 1 })
      .map(({ n }) => n);
  deepEqual(fate({ jitterMs: 3, jitterReorders: false }), fate({}));
  deepEqual([...new Set(fate({ duplicate: 0.3 }))], fate({}));
});

Deno.test("a change by hand begins another script at that instant", () => {
  const path = setup({ delayMs: 10 });
  path.push({ n: 0, byteLength: BYTES }, 0);
  path.change(always({ delayMs: 50 }), 5);
  path.push({ n: 1, byteLength: BYTES }, 5);
  equal(path.take(10).length, 1);
  equal(path.nextAt, 55);
});

Deno.test("the flat and the oscillating regime pass their mean bitrates when offered more", () => {
  for (const [{ down }, rate] of [[FLAT, 5.5e6], [OSCILLATING, 5.4e6]] as const) {
    const path = setup(down);
    send(path, { count: 16_000, period: 1 });
    ok(Math.abs(path.counts.deliveredBytes * 8 / 16 - rate) < 0.03 * rate);
  }
});

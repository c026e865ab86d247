import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type Candidate,
  choose,
  medianRtt,
  rank,
  score,
  type Wish,
} from "../../../../coordinator/domain/selection.ts";
import { AppId, WorkerId, ZoneId } from "../../../../protocol/ids.ts";
import { PING_LIMIT } from "../../../../protocol/legs/user_leg.ts";

const duel = AppId.parse("duel");
const chess = AppId.parse("chess");
const [here, there] = [ZoneId.parse("here"), ZoneId.parse("there")];

function candidate(id: string, change: Partial<Candidate> = {}): Candidate {
  return {
    worker_id: WorkerId.parse(id),
    zone: here,
    apps: new Set([duel]),
    saves: new Set(),
    places: 2,
    freePlaces: 2,
    unusedPlaces: change.freePlaces ?? 2,
    cpu: 0,
    ...change,
  };
}
const rtts = (times: Record<string, number>) =>
  new Map(Object.entries(times).map(([id, rtt]) => [WorkerId.parse(id), rtt]));
const chosen = (candidates: readonly Candidate[], wish: Wish) =>
  choose(candidates, wish)?.worker_id as string | undefined;

const cases: readonly [string, readonly Candidate[], Wish, string | undefined][] = [
  ["no worker", [], {}, undefined],
  ["the nearest worker", [candidate("a"), candidate("b")], { rtts: rtts({ a: 30, b: 20 }) }, "b"],
  [
    "a loaded machine costs up to 50 ms",
    [candidate("a", { cpu: 1 }), candidate("b")],
    { rtts: rtts({ a: 20, b: 69 }) },
    "b",
  ],
  [
    "a loaded machine costs no more than 50 ms",
    [candidate("a", { cpu: 1 }), candidate("b")],
    { rtts: rtts({ a: 20, b: 71 }) },
    "a",
  ],
  [
    "of equally near workers the one with more free places",
    [candidate("a", { freePlaces: 1 }), candidate("b")],
    {},
    "b",
  ],
  ["never a full worker", [candidate("a", { freePlaces: 0 })], {}, undefined],
  [
    "a worker that answered no ping is last, and not excluded",
    [candidate("a"), candidate("b")],
    { rtts: rtts({ b: PING_LIMIT - 1 }) },
    "b",
  ],
  ["the only worker, although it answered no ping", [candidate("a")], { rtts: rtts({}) }, "a"],
  [
    "only a worker of the zone",
    [candidate("a"), candidate("b", { zone: there })],
    { zone: there, rtts: rtts({ a: 1, b: 900 }) },
    "b",
  ],
  [
    "only the worker that the player named",
    [candidate("a"), candidate("b")],
    { worker_id: WorkerId.parse("b"), rtts: rtts({ a: 1, b: 900 }) },
    "b",
  ],
  ["only a worker with the app", [candidate("a"), candidate("b")], { app_id: chess }, undefined],
  [
    "a worker with a save before a nearer worker",
    [candidate("a"), candidate("b", { saves: new Set([duel]) })],
    { app_id: duel, rtts: rtts({ a: 1, b: 90 }) },
    "b",
  ],
  [
    "the promised worker before a nearer worker",
    [candidate("a"), candidate("b")],
    { promised: WorkerId.parse("b"), rtts: rtts({ a: 1, b: 90 }) },
    "b",
  ],
  [
    "another worker when the promised one is full",
    [candidate("a"), candidate("b", { freePlaces: 0 })],
    { promised: WorkerId.parse("b") },
    "a",
  ],
  [
    "a place that no room uses before a nearer, promised worker where a kept room would give way",
    [candidate("a"), candidate("b", { unusedPlaces: 0, saves: new Set([duel]) })],
    { app_id: duel, promised: WorkerId.parse("b"), rtts: rtts({ a: 90, b: 1 }) },
    "a",
  ],
  [
    "a place of a kept room when no worker has another",
    [candidate("a", { freePlaces: 0 }), candidate("b", { unusedPlaces: 0 })],
    {},
    "b",
  ],
  [
    "the worker with a save for a player who continues, also where a kept room gives way",
    [candidate("a"), candidate("b", { unusedPlaces: 0, saves: new Set([duel]) })],
    { app_id: duel, continues: true },
    "b",
  ],
];
for (const [what, candidates, wish, expected] of cases) {
  Deno.test(`[SES5] choose(): ${what}`, () => equal(chosen(candidates, wish), expected));
}

const medians: readonly [readonly number[], number | undefined][] = [
  [[], undefined],
  [[40], 40],
  [[400, 20], 20],
  [[400, 20, 30], 25],
  [[400, 90, 20, 30], 30],
];
for (const [samples, expected] of medians) {
  Deno.test(`[SES4] the median round trip of ${JSON.stringify(samples)} ms, without the first, is ${expected} ms`, () =>
    equal(medianRtt(samples), expected));
}

const anyCandidate = fc.record({
  worker_id: fc.nat(20).map((n) => WorkerId.parse(`w${n}`)),
  zone: fc.constantFrom(here, there),
  apps: fc.subarray([duel, chess]).map((apps) => new Set(apps)),
  saves: fc.subarray([duel, chess]).map((apps) => new Set(apps)),
  places: fc.nat(4),
  freePlaces: fc.nat(4),
  kept: fc.nat(2),
  cpu: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ kept, ...each }) => {
  const freePlaces = Math.min(each.freePlaces, each.places);
  return { ...each, freePlaces, unusedPlaces: Math.max(0, freePlaces - kept) };
});
const anyWish = fc.record({
  zone: fc.option(fc.constantFrom(here, there), { nil: undefined }),
  app_id: fc.option(fc.constantFrom(duel, chess), { nil: undefined }),
  rtts: fc.array(fc.tuple(fc.nat(20).map((n) => WorkerId.parse(`w${n}`)), fc.nat(2000)))
    .map((pairs) => new Map(pairs)),
});

Deno.test("[SES5] a full or ineligible worker is never chosen", () => {
  fc.assert(fc.property(fc.array(anyCandidate), anyWish, (candidates, wish) => {
    const found = choose(candidates, wish);
    const suits = (each: Candidate) =>
      each.freePlaces > 0 && (!wish.zone || each.zone === wish.zone) &&
      (!wish.app_id || each.apps.has(wish.app_id));
    if (found) ok(suits(found));
    else deepEqual(candidates.filter(suits), []);
  }));
});

Deno.test("[SES5] without saves and promises the workers are ordered by score, those with an unused place first", () => {
  fc.assert(fc.property(fc.array(anyCandidate), anyWish, (candidates, { rtts, zone }) => {
    const ranked = rank(candidates, { rtts, zone });
    for (const group of Map.groupBy(ranked, ({ unusedPlaces }) => unusedPlaces > 0).values()) {
      const scores = group.map((each) => score(each, rtts));
      deepEqual(scores, [...scores].sort((a, b) => a - b));
    }
  }));
});

Deno.test("[SES5] no kept room gives way to a newcomer while a suitable worker has an unused place", () => {
  fc.assert(fc.property(fc.array(anyCandidate), anyWish, (candidates, wish) => {
    const found = choose(candidates, wish);
    const unused = rank(candidates, wish).some(({ unusedPlaces }) => unusedPlaces > 0);
    if (found) equal(found.unusedPlaces > 0, unused);
  }));
});

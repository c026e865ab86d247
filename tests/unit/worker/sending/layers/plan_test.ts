import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../../protocol/clock.ts";
import {
  CHANGE_SPACING,
  DOWN_AFTER,
  layerBitrates,
  layerOf,
  type LayerPlan,
  NO_PLAN,
  type PlannedViewer,
  stepPlan,
  UP_AFTER,
} from "../../../../../worker/sending/layers/plan.ts";

const STEP = 250;
const BOUNDS = { least: 45_000, most: 2_400_000 };

function viewer(id: string, more: Partial<PlannedViewer> = {}): PlannedViewer {
  return {
    id,
    plays: false,
    wantsSmall: false,
    presence: "present",
    isNarrow: true,
    target: 5_000_000,
    initial: 8_000_000,
    isChanging: false,
    main: { needs: 5_000_000, bitrate: 5_000_000 },
    ...more,
  };
}

/** Plays for so many milliseconds, and counts how often a viewer's layer changed. */
function play(
  viewers: readonly PlannedViewer[] | ((at: number) => readonly PlannedViewer[]),
  ms: number,
  { plan = NO_PLAN, from = 0 }: { plan?: LayerPlan; from?: number } = {},
) {
  let changes = 0;
  for (let now = from; now < from + ms; now += STEP) {
    const present = typeof viewers === "function" ? viewers(now) : viewers;
    const next = stepPlan(plan, present, now as Millis);
    if (present.some(({ id }) => layerOf(plan, id) !== layerOf(next, id))) changes++;
    plan = next;
  }
  return { plan, changes };
}

const ana = viewer("ana", { plays: true });

Deno.test("[LAY1] a watcher whose link carries too little of the main layer gets the small one, after a second", () => {
  const viewers = [ana, viewer("ben", { target: 800_000 })];
  equal(layerOf(play(viewers, DOWN_AFTER).plan, "ben"), "main");
  const { plan } = play(viewers, DOWN_AFTER + STEP);
  equal(layerOf(plan, "ben"), "small");
  equal(layerOf(plan, "ana"), "main");
  equal(layerBitrates(plan, viewers, BOUNDS).small, 800_000);
});

Deno.test("[LAY11] a preview that wants the small layer gets it at once, and keeps it on any link", () => {
  const preview = viewer("dan", { wantsSmall: true, isNarrow: false, target: 8_000_000 });
  equal(layerOf(stepPlan(NO_PLAN, [ana, preview], 0 as Millis), "dan"), "small");
  const { plan, changes } = play([ana, viewer("ben"), preview], 60_000);
  deepEqual([layerOf(plan, "dan"), layerOf(plan, "ben"), changes], ["small", "main", 1]);
  equal(layerBitrates(plan, [preview], BOUNDS).main, undefined);
});

Deno.test("[LAY1] a target that falls for a moment only changes no layer", () => {
  const ben = (at: number) => viewer("ben", { target: at % 1_000 < 500 ? 800_000 : 5_000_000 });
  equal(play((at) => [ana, ben(at)], 60_000).changes, 0);
});

Deno.test("[LAY1] a picture that needs little stays on the main layer, and so does a link that was never full", () => {
  const still = viewer("ben", { target: 800_000, main: { needs: 300_000, bitrate: 5_000_000 } });
  const unknown = viewer("cem", { target: 800_000, isNarrow: false });
  equal(play([ana, still, unknown], 60_000).changes, 0);
});

Deno.test("[LAY2] a viewer returns to the main layer once that has fitted for five seconds", () => {
  const low = play([ana, viewer("ben", { target: 800_000 })], 3_000).plan;
  const wide = [ana, viewer("ben", { target: 5_600_000 })];
  const later = { plan: low, from: 3_000 };
  equal(layerOf(play(wide, UP_AFTER, later).plan, "ben"), "small");
  equal(layerOf(play(wide, UP_AFTER + STEP, later).plan, "ben"), "main");
});

Deno.test("[LAY2] returns that fail become rare", () => {
  // The main layer does not fit, and each time that the viewer is on the small one its target looks wide.
  let plan = NO_PLAN;
  const returns: number[] = [];
  for (let now = 0; now < 300_000; now += STEP) {
    const isSmall = layerOf(plan, "ben") === "small";
    const ben = viewer("ben", { target: isSmall ? 6_000_000 : 800_000 });
    plan = stepPlan(plan, [ana, ben], now as Millis);
    if (isSmall && layerOf(plan, "ben") === "main") returns.push(now);
  }
  ok(returns.length <= 7, `${returns.length} returns in five minutes`);
});

Deno.test("[LAY2] a target that is back at the initial one returns, and has time to rise", () => {
  const low = play([ana, viewer("ben", { target: 800_000 })], 3_000).plan;
  const returned = (at: (now: number) => number, ms: number) =>
    play((now) => [ana, viewer("ben", { target: at(now), initial: 2_000_000 })], ms, {
      plan: low,
      from: 3_000,
    });
  const rising = (now: number) => now < 10_000 ? 2_000_000 : 4_500_000;
  equal(layerOf(returned(rising, 20_000).plan, "ben"), "main");
  const cut = (now: number) => now < 9_000 ? 2_000_000 : 1_500_000;
  equal(layerOf(returned(cut, 6_500).plan, "ben"), "main");
  equal(layerOf(returned(cut, 8_500).plan, "ben"), "small");
});

Deno.test("[LAY2] the time to rise begins with the keyframe that a return waits for", () => {
  const low = play([ana, viewer("ben", { target: 800_000 })], 3_000).plan;
  // The keyframe comes ten seconds after the return, and the target rises once more is sent.
  const ben = (now: number) =>
    viewer("ben", {
      initial: 2_000_000,
      isChanging: now > 8_250 && now < 18_000,
      target: now < 20_000 ? 2_000_000 : 5_000_000,
    });
  const { plan, changes } = play((now) => [ana, ben(now)], 60_000, { plan: low, from: 3_000 });
  deepEqual([layerOf(plan, "ben"), changes], ["main", 1]);
});

Deno.test("[LAY1] a pause, in which nothing is encoded, changes no layer", () => {
  const low = play([ana, viewer("ben", { target: 800_000 })], 3_000).plan;
  const paused = viewer("ben", { target: 8_000_000, main: { needs: 0, bitrate: 5_000_000 } });
  equal(play([ana, paused], 60_000, { plan: low, from: 3_000 }).changes, 0);
});

Deno.test("[LAY3] without a player the viewer that would halve the others' picture gets the small layer", () => {
  const viewers = [
    viewer("ana", { target: 6_000_000, main: { needs: 800_000, bitrate: 800_000 } }),
    viewer("ben", { target: 800_000, main: { needs: 800_000, bitrate: 800_000 } }),
  ];
  equal(layerBitrates(NO_PLAN, viewers, BOUNDS).main, 800_000);
  const { plan } = play(viewers, 5_000);
  equal(layerOf(plan, "ben"), "small");
  equal(layerBitrates(plan, viewers, BOUNDS).main, 6_000_000);
});

Deno.test("[LAY3] one viewer alone gets the main layer, whatever its link; a forwarded one that does not fit, it does not", () => {
  equal(play([viewer("ana", { target: 100_000 })], 60_000).changes, 0);
  const forwarded = { needs: 3_000_000, bitrate: undefined };
  const { plan } = play([viewer("ana", { target: 800_000, main: forwarded })], 5_000);
  equal(layerOf(plan, "ana"), "small");
});

Deno.test("[LAY1] a watcher who takes a seat gets the main layer at once, and one who is silent keeps its layer", () => {
  const low = play([ana, viewer("ben", { target: 800_000 })], 3_000).plan;
  const silent = viewer("ben", { target: 6_000_000, presence: "silent" });
  equal(play([ana, silent], 60_000, { plan: low, from: 3_000 }).changes, 0);
  const seated = stepPlan(low, [ana, viewer("ben", { plays: true })], 3_000 as Millis);
  equal(layerOf(seated, "ben"), "main");
});

const target = fc.integer({ min: 30_000, max: 8_000_000 });
const anyViewer = fc.record({
  plays: fc.boolean(),
  wantsSmall: fc.constant(false),
  presence: fc.constantFrom("present" as const, "silent" as const, "away" as const),
  isNarrow: fc.boolean(),
  target,
  initial: target,
  isChanging: fc.boolean(),
  main: fc.record({ needs: target, bitrate: fc.option(target, { nil: undefined }) }),
});
/** Viewers four times a second: up to six, each present or not. */
const anyHistory = fc.array(fc.array(fc.option(anyViewer), { minLength: 1, maxLength: 6 }), {
  maxLength: 80,
});

function named(moment: readonly (Omit<PlannedViewer, "id"> | null)[]): PlannedViewer[] {
  return moment.flatMap((each, n) => each ? [{ ...each, id: `v${n}` }] : []);
}

Deno.test("[LAY1] no watcher's link lowers the main layer of a player, and a player gets no other", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    let plan = NO_PLAN;
    history.forEach((moment, n) => {
      const viewers = named(moment);
      plan = stepPlan(plan, viewers, STEP * n as Millis);
      const players = viewers.filter(({ plays }) => plays);
      ok(players.every(({ id }) => layerOf(plan, id) === "main"));
      if (!players.some(({ presence }) => presence !== "away")) return;
      const alone = layerBitrates(plan, players, BOUNDS).main;
      equal(layerBitrates(plan, viewers, BOUNDS).main, alone);
    });
  }));
});

Deno.test("[LAY4] every viewer has one of two layers, and the small one no bitrate without a viewer of it", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    let plan = NO_PLAN;
    history.forEach((moment, n) => {
      const viewers = named(moment);
      plan = stepPlan(plan, viewers, STEP * n as Millis);
      equal(plan.places.size, viewers.length);
      const small = viewers.filter(({ id }) => layerOf(plan, id) === "small");
      const bitrate = layerBitrates(plan, viewers, BOUNDS).small;
      if (small.length === 0) equal(bitrate, undefined);
      ok(bitrate === undefined || (bitrate >= BOUNDS.least && bitrate <= BOUNDS.most));
    });
  }));
});

Deno.test("[LAY2] layers change for a link at most once in two seconds, whatever the links do", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    let plan = NO_PLAN;
    let changedAt = -Infinity;
    history.forEach((moment, n) => {
      const now = STEP * n;
      const viewers = named(moment);
      const before = plan;
      plan = stepPlan(before, viewers, now as Millis);
      const isChange = viewers.some(({ id, plays }) =>
        !plays && before.places.has(id) && layerOf(before, id) !== layerOf(plan, id)
      );
      if (!isChange) return;
      ok(now - changedAt >= CHANGE_SPACING);
      changedAt = now;
    });
  }));
});

import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type BitrateFollow,
  type FollowReading,
  type FollowRules,
  isWorthChanging,
  startFollow,
  stepFollow,
} from "../../../../agent/pipeline/bitrate_follow.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const RULES: FollowRules = { least: 500_000, most: 2_500_000, latency: 200 };
const TURN = 100;
const at = (ms: number) => ms as Millis;

/** A path with a queue before its bottleneck: bits that are offered beyond its rate wait. */
class Path {
  #backlog = 0;
  dropped = 0;
  constructor(public rate: number, readonly rtt = 50) {}

  /** The reading after `TURN` in which an encoder delivered `rate` bits a second. */
  offer(rate: number): FollowReading {
    this.#backlog = Math.max(0, this.#backlog + (rate - this.rate) * TURN / 1000);
    const queue = this.#backlog / this.rate * 1000;
    const isLate = queue > RULES.latency;
    if (isLate) this.#backlog = this.rate * RULES.latency / 1000;
    this.dropped += Number(isLate);
    const rtt = this.rtt + queue;
    return { bytes: rate * TURN / 8000, dropped: Number(isLate), rtt };
  }
}

/** Lets time pass; `share`: how much of its target the encoder delivers. */
function play(
  state: BitrateFollow,
  path: Path,
  { ms, share = 1, rules = RULES }: { ms: number; share?: number; rules?: FollowRules },
): BitrateFollow {
  const end = state.at + ms;
  while (state.at < end) {
    const reading = path.offer(state.target * share);
    state = stepFollow(state, reading, { rules, now: at(state.at + TURN) });
  }
  return state;
}

Deno.test("[FLW1] a link that carries the stream keeps its bitrate, however many packets it loses", () => {
  const state = play(startFollow(RULES.most, at(0)), new Path(8_000_000), { ms: 60_000 });
  equal(state.target, RULES.most);
});

Deno.test("[FLW2] on 2 Mbit/s a stream of 2.5 settles below within 3 s, and pictures are dropped in one second of 100", () => {
  const path = new Path(2_000_000);
  let state = play(startFollow(RULES.most, at(0)), path, { ms: 3_000 });
  ok(state.target < 2_000_000, `${state.target}`);
  state = play(state, path, { ms: 97_000 });
  ok(state.target > 1_200_000, `${state.target}`);
  ok(path.dropped <= 10, `${path.dropped} of 1000 readings`);
});

Deno.test("[FLW3] a link that falls to a tenth is followed within 8 s, and a wider one is used again", () => {
  const path = new Path(8_000_000);
  let state = play(startFollow(RULES.most, at(0)), path, { ms: 5_000 });
  path.rate = 800_000;
  state = play(state, path, { ms: 8_000 });
  ok(state.target <= 800_000, `${state.target}`);
  path.rate = 8_000_000;
  state = play(state, path, { ms: 200_000 });
  equal(state.target, RULES.most);
});

Deno.test("[FLW4] the floor is given up for pictures that survive only after three cuts at it", () => {
  const path = new Path(350_000);
  let state = startFollow(RULES.most, at(0));
  let atFloor = 0;
  while (state.target >= RULES.least && state.at < 60_000) {
    state = play(state, path, { ms: TURN });
    if (state.target === RULES.least) atFloor += 1;
  }
  ok(state.target >= 300_000 && state.target < 400_000, `${state.target}`);
  ok(atFloor * TURN >= 3_000, `${atFloor * TURN} ms at the floor`);
});

Deno.test("[FLW5] a still picture is no congestion, and raises nothing that it does not use", () => {
  const wide = { ...RULES, most: 10_000_000 };
  const state = startFollow(1_000_000, at(0));
  const still = play(state, new Path(20_000_000), { ms: 30_000, share: 0.2, rules: wide });
  equal(still.target, 1_000_000);
  const moving = play(still, new Path(20_000_000), { ms: 10_000, rules: wide });
  ok(moving.target > 2_000_000, `${moving.target}`);
});

Deno.test("[FLW6] a burst of a second is let pass; one picture that was dropped is not", () => {
  const state = startFollow(RULES.most, at(0));
  let burst = play(state, new Path(8_000_000), { ms: 1_000 });
  const waiting = { bytes: 30_000, dropped: 0, rtt: 250 };
  for (let turn = 0; turn < 10; turn++) {
    burst = stepFollow(burst, waiting, { rules: RULES, now: at(burst.at + TURN) });
  }
  equal(burst.target, RULES.most);
  const dropped = { ...waiting, dropped: 1 };
  burst = stepFollow(burst, dropped, { rules: RULES, now: at(burst.at + TURN) });
  ok(burst.target < RULES.most);
});

Deno.test("[FLW2] a link that leaves out repeats is full, whatever its round trip", () => {
  const state = play(startFollow(RULES.most, at(0)), new Path(8_000_000), { ms: 5_000 });
  const reading = { bytes: 30_000, dropped: 0, isRefusing: true, rtt: 50 };
  const full = stepFollow(state, reading, { rules: RULES, now: at(state.at + TURN) });
  ok(full.target <= 0.7 * RULES.most, `${full.target}`);
});

Deno.test("[FLW7] the bitrate stays within its limits, whatever is read", () => {
  const reading = fc.record({
    bytes: fc.nat(1_000_000),
    dropped: fc.nat(3),
    rtt: fc.option(fc.nat(3_000), { nil: undefined }),
    passed: fc.integer({ min: 0, max: 5_000 }),
  });
  fc.assert(fc.property(fc.array(reading, { maxLength: 80 }), (readings) => {
    let state = startFollow(RULES.most, at(0));
    for (const { passed, ...each } of readings) {
      state = stepFollow(state, each, { rules: RULES, now: at(state.at + passed) });
      ok(state.target >= 300_000 && state.target <= RULES.most, `${state.target}`);
    }
  }));
});

Deno.test("[FLW8] the encoder is spared small changes, but for the last one up to the most", () => {
  equal(isWorthChanging(2_000_000, 2_100_000, RULES), false);
  equal(isWorthChanging(2_000_000, 2_200_000, RULES), true);
  equal(isWorthChanging(400_000, 360_000, RULES), false);
  equal(isWorthChanging(2_400_000, RULES.most, RULES), true);
  equal(isWorthChanging(RULES.most, RULES.most, RULES), false);
});

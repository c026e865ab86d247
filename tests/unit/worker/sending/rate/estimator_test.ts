import { ok } from "node:assert/strict";
import { bitrateLimits } from "../../../../../worker/sending/rate/limits.ts";
import { type SimulatedFigures, simulateLink } from "../../../../support/media/simulated_link.ts";
import { always } from "../../../../support/relay/conditions.ts";
import * as regimes from "../../../../support/relay/regimes.ts";

const SMALL = bitrateLimits({ height: 480, frameRate: 60 });
const LARGE = bitrateLimits({ height: 720, frameRate: 60 });

function play(
  regime: regimes.Regime,
  { limits = SMALL, ...more }: Partial<Parameters<typeof simulateLink>[1]> = {},
): SimulatedFigures {
  return simulateLink(regime, { feedback: "transport", limits, seconds: 40, ...more });
}

function within(figures: SimulatedFigures, { p95, used }: { p95: number; used: number }): void {
  const { oneWayP95 } = figures;
  ok(oneWayP95 <= p95, `one way p95 ${oneWayP95.toFixed(0)} ms, at most ${p95}`);
  ok(figures.used >= used, `used ${figures.used.toFixed(2)}, at least ${used}`);
}

Deno.test("[EST1] a link that carries 5.5 Mbit/s is used without a lasting queue", () => {
  within(play(regimes.FLAT, { limits: LARGE }), { p95: 100, used: 0.9 });
});

Deno.test("[EST1] a link that changes between 8 and 2.8 Mbit/s is followed down and up", () => {
  within(play(regimes.OSCILLATING), { p95: 120, used: 0.85 });
  within(play(regimes.OSCILLATING, { limits: LARGE }), { p95: 130, used: 0.8 });
});

Deno.test("[EST1] mobile links are used without a lasting queue", () => {
  within(play(regimes.LTE_GOOD, { limits: LARGE }), { p95: 100, used: 0.85 });
  within(play(regimes.LTE_POOR, { limits: LARGE }), { p95: 110, used: 0.8 });
});

Deno.test("[EST2] a delay that varies by 20 ms without a loss does not lower the bitrate", () => {
  for (const roundTrip of [60, 100]) {
    const { leastTarget, used } = play(regimes.jittery(20, roundTrip));
    ok(used > 0.95 && leastTarget > 5_000_000, `least ${leastTarget}`);
  }
});

Deno.test("[EST3] losses that a lower bitrate does not prevent do not keep it low", () => {
  for (const share of [0.01, 0.03, 0.1]) {
    const { meanTarget } = play(regimes.lossy(share));
    ok(meanTarget > 5_000_000, `${share}: mean ${meanTarget}`);
  }
});

Deno.test("[EST12] losses that a low bitrate does not cause do not lower the target of a picture that needs little", () => {
  const delays = [{ delayMs: 10 }, { delayMs: 60, jitterMs: 20 }];
  const losses = [{ loss: 0.03 }, { loss: 0.06 }, { burst: { share: 0.05, length: 8 } }];
  for (const delay of delays) {
    for (const loss of losses) {
      const script = always({ ...delay, ...loss });
      const { meanTarget } = play({ down: script, up: script }, { activity: () => 0.15 });
      ok(meanTarget > 2_500_000, `${JSON.stringify({ ...delay, ...loss })}: mean ${meanTarget}`);
    }
  }
});

Deno.test("[EST13] a router that drops what is too much, without a queue, is filled little beyond what it passes", () => {
  for (const rate of [800_000, 3_000_000]) {
    const bottleneck = { rate, queueMs: 5, bucketBytes: Math.max(6_000, rate / 200) };
    const script = always({ delayMs: 20, bottleneck });
    const { meanTarget } = play({ down: script, up: always({ delayMs: 20 }) });
    // With headers and sound, as the router counts it.
    const share = (meanTarget * 1.07 + 160_000) / rate;
    ok(share > 0.7 && share < 1.16, `${rate}: ${share}`);
  }
});

Deno.test("[EST4] after a blackout the bitrate is as before", () => {
  for (const ms of [1_000, 3_000]) {
    const { targets } = play(regimes.blackout(ms, { afterMs: 15_000 }));
    const after = targets.slice(4 * (15 + ms / 1_000 + 2));
    ok(Math.min(...after) > 5_000_000, `${ms} ms: least ${Math.min(...after)}`);
  }
});

Deno.test("[EST5] a path that becomes 60 ms longer lowers the bitrate for a few seconds only", () => {
  const conditions = { delayMs: 10 };
  const longer = { delayMs: 70 };
  const phases = [{ lastsMs: 15_000, conditions }, { lastsMs: Infinity, conditions: longer }];
  const { targets } = play({ down: { phases }, up: { phases } });
  ok(Math.min(...targets.slice(4 * 21)) > 5_000_000, `${targets.slice(60, 90)}`);
});

Deno.test("[EST10] machines that stand still at times do not lower the bitrate, however little the picture needs", () => {
  for (const starved of [{ stallMs: 150, runMs: 500 }, { stallMs: 100, runMs: 40 }]) {
    for (const [need, usual] of [[1, 5_500_000], [0.3, 2_900_000]] as const) {
      const { meanTarget, leastTarget } = play(regimes.clear(20), {
        starved,
        activity: () => need,
      });
      ok(
        meanTarget > usual,
        `${starved.runMs} ms, ${need}: mean ${meanTarget}, least ${leastTarget}`,
      );
    }
  }
});

Deno.test("[EST6] a still picture does not raise the target beyond what the link was found to carry", () => {
  const { targets } = play(regimes.narrow(2_000_000), {
    activity: (at) => at > 15_000 && at < 25_000 ? 0.02 : 1,
  });
  const before = Math.max(...targets.slice(40, 58));
  const still = Math.max(...targets.slice(64, 96));
  ok(still <= 1.2 * before, `${before} before, ${still} while still`);
});

Deno.test("[EST11] the first keyframe, which takes longer than a frame to pass, does not lower the bitrate", () => {
  for (const rate of [5_500_000, 8_000_000]) {
    const { targets } = play(regimes.narrow(rate), { seconds: 3, warmUp: 0, activity: () => 0.5 });
    ok(Math.min(...targets) >= SMALL.initial, `${rate}: ${targets}`);
  }
});

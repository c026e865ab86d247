/**
 * What every rule that decides a viewer's target bitrate keeps, whatever its browser reports.
 *
 * @module
 */
import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../protocol/clock.ts";
import type { BitrateLimits } from "../../worker/sending/rate/limits.ts";
import type { LinkReport, RateRule } from "../../worker/sending/rate/ports.ts";

const LIMITS: BitrateLimits = {
  least: 30_000,
  floor: 500_000,
  initial: 2_000_000,
  ceiling: 6_000_000,
};
const at = (ms: number) => ms as Millis;

/** Registers the tests for one rule. */
export function rateRuleContract(name: string, create: (limits: BitrateLimits) => RateRule): void {
  /** Steps four times a second with the same reports each time. */
  function play(
    rule: RateRule,
    { from = 0, seconds, sent, reports = () => [] }: {
      from?: number;
      seconds: number;
      sent: (target: number) => number;
      reports?: (now: number) => LinkReport[];
    },
  ): void {
    for (let now = from + 250; now <= from + seconds * 1000; now += 250) {
      for (const report of reports(now)) rule.report(report, at(now));
      rule.step({ sent: sent(rule.target) }, { limits: LIMITS, now: at(now) });
    }
  }

  Deno.test(`[EST8] ${name}: a new viewer begins at the initial bitrate and is not narrow`, () => {
    const rule = create(LIMITS);
    equal(rule.target, LIMITS.initial);
    equal(rule.isNarrow, false);
  });

  Deno.test(`[EST8] ${name}: on a clear link that is used the target reaches the ceiling`, () => {
    const rule = create(LIMITS);
    play(rule, { seconds: 20, sent: (target) => target, reports: clear });
    equal(rule.target, LIMITS.ceiling);
    equal(rule.isNarrow, false);
  });

  Deno.test(`[EST8] ${name}: heavy losses lower the target`, () => {
    const rule = create(LIMITS);
    play(rule, { seconds: 5, sent: (target) => target, reports: clear });
    const before = rule.target;
    // Half a second: losses that last although less is sent are the path's own (EST3).
    play(rule, { from: 5000, seconds: 0.5, sent: (target) => target, reports: lossy });
    ok(rule.target < before);
    equal(rule.isNarrow, true);
  });

  Deno.test(`[EST8] ${name}: any reports keep the target within the limits, and forgetting keeps the target`, () => {
    const report = fc.oneof(
      fc.record({
        type: fc.constant("remb" as const),
        bitrate: fc.double({ min: 0, noNaN: true }),
      }),
      fc.record({
        type: fc.constant("loss" as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({
        type: fc.constant("packets" as const),
        packets: fc.array(
          fc.record({
            sentAt: fc.integer({ min: -1e6, max: 1e6 }).map(at),
            receivedAt: fc.option(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), {
              nil: undefined,
            }),
            bytes: fc.integer({ min: 0, max: 65_535 }),
          }),
          { maxLength: 40 },
        ),
      }),
    );
    fc.assert(fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      const rule = create(LIMITS);
      reports.forEach((each, n) => {
        rule.report(each, at(100 * n));
        rule.step({ sent: rule.target }, { limits: LIMITS, now: at(100 * n) });
        ok(rule.target >= LIMITS.least && rule.target <= LIMITS.ceiling, `${rule.target}`);
      });
      const { target } = rule;
      rule.forget();
      equal(rule.target, target);
    }));
  });
}

/** All packets of the last 250 ms arrived after 10 ms, and the browser's estimate is high. */
function clear(now: number): LinkReport[] {
  return [
    { type: "remb", bitrate: 10_000_000 },
    { type: "loss", share: 0 },
    { type: "packets", packets: packets(now, () => true) },
  ];
}

/** Four of five packets are lost. */
function lossy(now: number): LinkReport[] {
  return [
    { type: "loss", share: 0.8 },
    { type: "packets", packets: packets(now, (n) => n % 5 === 0) },
  ];
}

function packets(now: number, arrives: (n: number) => boolean) {
  return Array.from({ length: 50 }, (_, n) => ({
    sentAt: at(now - 260 + 5 * n),
    receivedAt: arrives(n) ? now - 250 + 5 * n : undefined,
    bytes: 1_200,
  }));
}

import { equal } from "node:assert/strict";
import type { Millis } from "../../../../../protocol/clock.ts";
import { Estimator } from "../../../../../worker/sending/rate/estimator.ts";
import { RembRule } from "../../../../../worker/sending/rate/remb_rule.ts";
import { rateRuleContract } from "../../../../contracts/rate_rule_contract.ts";

rateRuleContract("by REMB and loss", (limits) => new RembRule(limits));
rateRuleContract(
  "by transport-wide feedback",
  (limits) => new Estimator(limits.initial, limits),
);

Deno.test("[EST8] an estimate of the browser lowers no target that follows from packets", () => {
  const limits = { least: 30_000, floor: 500_000, initial: 2_000_000, ceiling: 6_000_000 };
  const rule = new Estimator(limits.initial, limits);
  equal(rule.report({ type: "remb", bitrate: 50_000 }, 0 as Millis), false);
  rule.step({ sent: limits.initial }, { limits, now: 250 as Millis });
  equal(rule.isNarrow, false);
});

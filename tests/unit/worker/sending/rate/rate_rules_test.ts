import { Estimator } from "../../../../../worker/sending/rate/estimator.ts";
import { RembRule } from "../../../../../worker/sending/rate/remb_rule.ts";
import { rateRuleContract } from "../../../../contracts/rate_rule_contract.ts";

rateRuleContract("by REMB and loss", (limits) => new RembRule(limits));
rateRuleContract(
  "by transport-wide feedback",
  (limits) => new Estimator(limits.initial, limits),
);

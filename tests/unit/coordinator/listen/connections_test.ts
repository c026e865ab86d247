import { equal } from "node:assert/strict";
import { overdue, type Phase, PHASE_LIMITS } from "../../../../coordinator/listen/connections.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const at = (ms: number) => ms as Millis;
const cases: readonly [string, Phase, number, number, string | undefined][] = [
  ["a head in time", { phase: "head", until: at(10) }, 10, 0, undefined],
  ["a head too late", { phase: "head", until: at(10) }, 11, 0, "head"],
  ["a body too late", { phase: "body", until: at(10) }, 11, 0, "body"],
  ["an answer that is taken", { phase: "answer" }, 1e9, PHASE_LIMITS.stuck, undefined],
  ["an answer that nobody takes", { phase: "answer" }, 0, PHASE_LIMITS.stuck + 1, "stuck"],
  ["a leg", { phase: "leg" }, 1e9, 1e9, undefined],
];
for (const [name, phase, now, stuckFor, expected] of cases) {
  Deno.test(`[ADM10] ${name} is ${expected ? "beyond its limit" : "within its limits"}`, () => {
    equal(overdue(phase, { now: at(now), stuckFor }), expected);
  });
}

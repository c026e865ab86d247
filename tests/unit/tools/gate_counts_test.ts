import { deepEqual, equal } from "node:assert/strict";
import { add, closingLine, judge, NONE, parseCounts } from "../../../tools/gate/counts.ts";

const lenient = { strict: false };
const strict = { strict: true };

for (
  const [line, passed, failed, ignored] of [
    ["ok | 6 passed | 0 failed (3s)", 6, 0, 0],
    ["FAILED | 1 passed | 2 failed (32ms)", 1, 2, 0],
    ["ok | 7 passed (4 steps) | 0 failed (1ms)", 7, 0, 0],
    ["FAILED | 3 passed (1 step) | 1 failed (2 steps) | 4 ignored (9ms)", 3, 1, 4],
    ["ok | 5 passed | 0 failed | 1 ignored | 2 filtered out (9ms)", 5, 0, 1],
    ["\x1b[0m\x1b[32mok\x1b[0m | 36 passed | 0 failed \x1b[38;5;245m(23ms)\x1b[0m", 36, 0, 0],
  ] as const
) {
  Deno.test(`the closing line "${line}" is read`, () => {
    deepEqual(parseCounts(`running\n${line}\n`), { passed, failed, ignored });
  });
}

Deno.test("the last closing line counts, also when a test prints a similar one", () => {
  const output = "ok | 90 passed | 0 failed (1s)\nFAILED | 1 passed | 1 failed (1s)\n\nerror\n";
  deepEqual(parseCounts(output), { passed: 1, failed: 1, ignored: 0 });
});

Deno.test("output without a closing line has no counts", () => {
  equal(parseCounts("error: no test modules found\n  ok | 1 passed | 0 failed"), undefined);
});

Deno.test("the verdict on a run that passed is its counts", () => {
  const verdict = judge({ code: 0, output: "ok | 2 passed | 0 failed | 1 ignored (1s)" }, lenient);
  deepEqual(verdict, { passed: 2, failed: 0, ignored: 1 });
});

Deno.test("a run without a result is one failure", () => {
  deepEqual(judge({ code: 0, output: "" }, lenient), {
    ...NONE,
    failed: 1,
    problem: "ended with code 0 and no result",
  });
});

Deno.test("a run without a test is one failure, even when it prints ok", () => {
  const verdict = judge({ code: 0, output: "ok | 0 passed | 0 failed | 3 ignored (0ms)" }, lenient);
  deepEqual(verdict, { passed: 0, failed: 1, ignored: 3, problem: "ran no test" });
});

Deno.test("a bad exit code without a failed test is one failure", () => {
  const { failed } = judge({ code: 143, output: "ok | 2 passed | 0 failed (1s)" }, lenient);
  equal(failed, 1);
});

Deno.test("a bad exit code is not counted on top of failed tests", () => {
  const { failed } = judge({ code: 1, output: "FAILED | 2 passed | 3 failed (1s)" }, lenient);
  equal(failed, 3);
});

Deno.test("on a build server every test that was not run is a failure", () => {
  const output = "ok | 2 passed | 0 failed | 3 ignored (1s)";
  deepEqual(judge({ code: 0, output }, strict), {
    passed: 2,
    failed: 3,
    ignored: 3,
    problem: "3 tests were not run",
  });
});

Deno.test("the last line of the gate is the sum of its steps", () => {
  const sum = add([
    { passed: 10, failed: 0, ignored: 1 },
    { ...NONE, failed: 1 },
    { passed: 5, failed: 2, ignored: 0 },
  ]);
  equal(closingLine(sum), "15 passed, 3 failed");
  equal(closingLine(add([])), "0 passed, 0 failed");
});

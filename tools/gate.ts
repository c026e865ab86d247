/**
 * Runs all checks of a change: `npm test`. `npm run check` runs the quick static
 * part, and step names as arguments run just those. Static checks, the build and unit tests run beside each other, the
 * other tests one step after the other. Prints each step with its time and result; the last line of a run with tests is
 * `N passed, N failed`.
 *
 * @module
 */
import { add, closingLine, type Verdict } from "./gate/counts.ts";
import { endAll } from "./gate/command.ts";
import { type Step, STEPS } from "./gate/steps.ts";

/** For the whole gate, in milliseconds. */
const TIME_LIMIT = 40 * 60_000;

const startedAt = performance.now();
const strict = ["true", "1"].includes(Deno.env.get("CI") ?? "");
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endAll();
    Deno.exit(130);
  });
}

const chosen = choose(Deno.args);
const report: string[] = [];
const verdicts: Verdict[] = [];
for (const group of together(chosen)) {
  console.log(`\n── ${group.map(({ name }) => name).join(", ")}`);
  for (const { verdict, line } of await Promise.all(group.map(run))) {
    verdicts.push(verdict);
    report.push(line);
  }
}

const total = add(verdicts);
console.log(["", ...report, ""].join("\n"));
console.log(
  chosen.some(({ kind }) => kind === "test")
    ? closingLine(total)
    : `${total.failed} of ${chosen.length} steps failed`,
);
Deno.exit(total.failed === 0 ? 0 : 1);

function choose(names: readonly string[]): readonly Step[] {
  if (names.length === 0) return STEPS;
  const known = STEPS.map(({ name }) => name);
  const unknown = names.find((name) => name !== "check" && !known.includes(name));
  if (unknown) {
    console.error(`Cannot run step "${unknown}"; there are: check, ${known.join(", ")}`);
    Deno.exit(2);
  }
  return STEPS.filter(({ name, kind }) => names.includes(name) || names.includes(kind));
}

/** The steps in groups that run at the same time, in their order. */
function together(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last && isBeside(step) && isBeside(last[0]!)) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** Whether a step changes nothing that another step uses, and does not depend on how quick the machine is. */
function isBeside({ kind, beside = false }: Step): boolean {
  return kind === "check" || kind === "build" || beside;
}

async function run(step: Step): Promise<{ readonly verdict: Verdict; readonly line: string }> {
  const begin = performance.now();
  const timeLimit = Math.min(step.limit * 1000, TIME_LIMIT - (begin - startedAt));
  const verdict = timeLimit > 0 ? await step.run({ timeLimit, strict }) : outOfTime();
  return { verdict, line: describe(step, verdict, performance.now() - begin) };
}

function outOfTime(): Verdict {
  return { passed: 0, failed: 1, ignored: 0, problem: "not run, the gate's time is up" };
}

function describe(step: Step, verdict: Verdict, took: number): string {
  const { passed, failed, ignored, problem } = verdict;
  const parts = [
    failed > 0 ? "FAILED" : "ok",
    ...(passed + failed > 0 && step.kind === "test" ? [closingLine(verdict)] : []),
    ...(ignored > 0 ? [`${ignored} not run`] : []),
    ...(problem ? [problem] : []),
  ];
  const seconds = `${(took / 1000).toFixed(1)} s`;
  return `${step.name.padEnd(12)}${seconds.padStart(8)}  ${parts.join(", ")}`;
}

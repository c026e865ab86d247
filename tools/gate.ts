/**
 * Runs all checks of a change: `npm test`. `npm run check` runs the quick static part, and step names as arguments run
 * just those. Prints each step with its time and result; the last line of a run with tests is `N passed, N failed`.
 *
 * @module
 */
import { add, closingLine, type Verdict } from "./gate/counts.ts";
import { endAll } from "./gate/command.ts";
import { type Step, STEPS } from "./gate/steps.ts";

/** How a step ended, and its line in the report. */
interface Ended {
  readonly verdict: Verdict;
  readonly line: string;
}

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
for (const group of chosen) {
  console.log(`\n── ${group.map(({ name }) => name).join(", ")}`);
  for (const { verdict, line } of await runTogether(group)) {
    verdicts.push(verdict);
    report.push(line);
  }
}

const total = add(verdicts);
console.log(["", ...report, ""].join("\n"));
console.log(
  chosen.flat().some(({ kind }) => kind === "test")
    ? closingLine(total)
    : `${total.failed} of ${chosen.flat().length} steps failed`,
);
Deno.exit(total.failed === 0 ? 0 : 1);

/** The groups of steps, each with the wanted ones alone. */
function choose(names: readonly string[]): readonly (readonly Step[])[] {
  if (names.length === 0) return STEPS;
  const known = STEPS.flat().map(({ name }) => name);
  const unknown = names.find((name) => name !== "check" && !known.includes(name));
  if (unknown) {
    console.error(`Cannot run step "${unknown}"; there are: check, ${known.join(", ")}`);
    Deno.exit(2);
  }
  const isWanted = ({ name, kind }: Step) => names.includes(name) || names.includes(kind);
  return STEPS.map((group) => group.filter(isWanted)).filter((group) => group.length > 0);
}

/** Runs the steps of a group at the same time, each after the one that it waits for. */
function runTogether(group: readonly Step[]): Promise<Ended[]> {
  const running = new Map<string, Promise<Ended>>();
  for (const step of group) {
    const before = step.after === undefined ? undefined : running.get(step.after);
    running.set(step.name, Promise.resolve(before).then(() => run(step)));
  }
  return Promise.all(running.values());
}

async function run(step: Step): Promise<Ended> {
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

/**
 * `npm run bench` without a name: every benchmark in its short form, one after another, each in a process of its own.
 *
 * @module
 */

/** The arguments of benchmarks that take long by themselves. */
const SHORT_FORMS: Readonly<Record<string, readonly string[]>> = {
  startup: ["12"],
  fanout: ["100", "3"],
  recovery: ["4", "1"],
  adapt: ["8", "1"],
  churn: ["12"],
  soak: ["3"],
  chaos: ["2", "4711"],
  abuse: ["2"],
  schedules: ["1000"],
  drive: ["200", "15", "30"],
  kills: ["2"],
};

/** Runs them all, and writes their figures into `docs/BENCHMARKS.md`. Returns the names of those that failed. */
export async function runShortForms(names: Iterable<string>): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const name of [...names].sort()) {
    const short = SHORT_FORMS[name] ?? [];
    console.log(`\n── ${name} ${short.join(" ")}`);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.resolve("./main.ts"), name, ...short, "--write"],
    }).spawn().status;
    if (code !== 0) failed.push(name);
  }
  return failed;
}

/**
 * Reads the counts of tests from the output of `deno test`, and adds them up.
 *
 * @module
 */
/** How many tests passed, failed and did not run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Declared but not run. */
  readonly ignored: number;
}

/** The counts before any test has run. */
export const NONE: Counts = { passed: 0, failed: 0, ignored: 0 };

/** How a run of `deno test` ended. */
export interface TestRun {
  /** Exit code. */
  readonly code: number;
  /** The text of its standard output. */
  readonly output: string;
}

/** The counts of a run; `problem` says why it failed although no test failed. */
export interface Verdict extends Counts {
  readonly problem?: string;
}

const CLOSING =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/;
// deno-lint-ignore no-control-regex -- colours are control characters
const COLOUR = /\x1b\[[\d;]*m/g;

/** The counts of the last closing line, or `undefined` when there is none. */
export function parseCounts(output: string): Counts | undefined {
  const lines = output.replaceAll(COLOUR, "").split("\n");
  const found = lines.findLast((line) => CLOSING.test(line))?.match(CLOSING);
  if (!found) return undefined;
  const [, passed, failed, ignored] = found;
  return { passed: Number(passed), failed: Number(failed), ignored: Number(ignored ?? 0) };
}

/**
 * The verdict on a run. A run that has no failed test but did not finish or ran no test counts as one failure. With
 * `strict`, as on a build server, a test that was not run is a failure too.
 */
export function judge({ code, output }: TestRun, { strict }: { strict: boolean }): Verdict {
  const counts = parseCounts(output);
  if (!counts) return { ...NONE, failed: 1, problem: `ended with code ${code} and no result` };
  const { passed, failed, ignored } = counts;
  if (passed + failed === 0) return { ...counts, failed: 1, problem: "ran no test" };
  if (strict && ignored > 0) {
    return { ...counts, failed: failed + ignored, problem: `${ignored} tests were not run` };
  }
  if (code !== 0 && failed === 0) {
    return { ...counts, failed: 1, problem: `ended with code ${code} although no test failed` };
  }
  return counts;
}

/** The sum of the counts. */
export function add(all: readonly Counts[]): Counts {
  return all.reduce((sum, counts) => ({
    passed: sum.passed + counts.passed,
    failed: sum.failed + counts.failed,
    ignored: sum.ignored + counts.ignored,
  }), NONE);
}

/** The last line of the gate. */
export function closingLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

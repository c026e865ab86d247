/**
 * Runs test files each in a process of its own, several at a time. Some load native libraries and others start
 * processes, which one process must not do at once (docs/decisions/0080-native-code-starts-no-process.md); a file whose
 * process ends early is named, and the others have their results.
 *
 * @module
 */
import { runCommand } from "./command.ts";
import { add, judge, NONE, type Verdict } from "./counts.ts";

/** The command of the files, and the limits of their run. */
export interface FilesRun {
  /** The command without the file. */
  readonly command: readonly [string, ...string[]];
  /** For all files, in milliseconds. */
  readonly timeLimit: number;
  readonly strict: boolean;
  /** Processes at a time. */
  readonly atOnce: number;
}

/** The test files below these folders, in the order of their names. */
export function testFiles(folders: readonly string[]): string[] {
  const found: string[] = [];
  const folder = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory) folder(`${path}/${name}`);
      else if (name.endsWith("_test.ts")) found.push(`${path}/${name}`);
    }
  };
  folders.forEach(folder);
  return found.sort();
}

/**
 * The files with the `first` ones before the others.
 *
 * @throws {Error} when one of the first is not among the files, so that no list is left of files that are gone
 */
export function beginWith(first: readonly string[], files: readonly string[]): string[] {
  const gone = first.find((file) => !files.includes(file));
  if (gone) throw new Error(`Cannot run ${gone} first: there is no such test file`);
  return [...first, ...files.filter((file) => !first.includes(file))];
}

/** Runs the files and adds their results up. `problem` names the files that failed without a failed test. */
export async function runFiles(
  files: readonly string[],
  { command, timeLimit, strict, atOnce }: FilesRun,
): Promise<Verdict> {
  const until = performance.now() + timeLimit;
  const waiting = [...files];
  const verdicts: Verdict[] = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      verdicts.push(await runFile(file, until));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const problems = verdicts.flatMap(({ problem }) => problem ?? []);
  return {
    ...add([NONE, ...verdicts]),
    ...(problems.length > 0 && { problem: problems.join("; ") }),
  };

  async function runFile(file: string, until: number): Promise<Verdict> {
    const left = until - performance.now();
    if (left <= 0) return { ...NONE, failed: 1, problem: `${file}: not run, the time is up` };
    const ended = await runCommand([...command, file], { timeLimit: left, whole: true });
    const verdict = judge(ended, { strict });
    const problem = ended.timedOut ? "ran out of time" : verdict.problem;
    return problem ? { ...verdict, problem: `${file}: ${problem}` } : verdict;
  }
}

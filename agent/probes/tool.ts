/**
 * Runs programs that report about the device. They need not be installed.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** Longest time a program may run, in milliseconds. */
const LIMIT = 4_000;

/** A program's output, or `undefined` when it is not installed, fails or takes too long. */
export type RunTool = (name: string, args: readonly string[]) => Promise<string | undefined>;

/** Runs tools, and knows those that are not installed. */
export interface ToolRunner {
  readonly run: RunTool;
  /** Names of tools that were not found; they are not tried again. */
  readonly missing: ReadonlySet<string>;
}

/** Makes a runner that has tried no tool as yet. */
export function createToolRunner(clock: Clock): ToolRunner {
  const missing = new Set<string>();
  return { run, missing };

  async function run(name: string, args: readonly string[]): Promise<string | undefined> {
    if (missing.has(name)) return undefined;
    const stopper = new AbortController();
    const limit = clock.after(LIMIT, () => stopper.abort());
    try {
      const { success, stdout } = await new Deno.Command(name, {
        args: [...args],
        stdin: "null",
        stdout: "piped",
        stderr: "null",
        signal: stopper.signal,
      }).output();
      return success ? new TextDecoder().decode(stdout) : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) missing.add(name);
      return undefined;
    } finally {
      limit[Symbol.dispose]();
    }
  }
}

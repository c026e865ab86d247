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

/** Makes the function that runs tools. A tool that was not found is not tried again. */
export function createToolRunner(clock: Clock): RunTool {
  const missing = new Set<string>();
  return async (name, args) => {
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
  };
}

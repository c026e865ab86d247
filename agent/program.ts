/**
 * This program as a file that can be started again for one task of its own: a stream, a measurement, a try.
 *
 * @module
 */
import { type Clock, systemClock } from "../protocol/clock.ts";

/** A task that takes longer is ended, in milliseconds. */
const LIMIT = 20_000;

export interface Program {
  /** The file. */
  readonly entry: string;
  /** What stands before the task's own arguments. */
  readonly arguments: readonly string[];
}

/** Runs one task to its end; what it printed, or `undefined` when it failed. */
export async function runOnce(
  program: Program,
  args: readonly string[],
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const stopper = new AbortController();
  const limit = clock.after(LIMIT, () => stopper.abort());
  try {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-A", program.entry, ...program.arguments, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: stopper.signal,
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  } finally {
    limit[Symbol.dispose]();
  }
}

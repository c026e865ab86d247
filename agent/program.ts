/**
 * Starts another process of this program for one task, such as a measurement or the trial of a new version.
 *
 * @module
 */
import { type Clock, systemClock } from "../protocol/clock.ts";
import { childEnvironment } from "../protocol/process/environment.ts";
import { RUN } from "./permissions.ts";

/** A task that takes longer is ended, in milliseconds. */
const LIMIT = 20_000;

/** How a process of this program is started. */
export interface Program {
  /** The file. */
  readonly entry: string;
  /** Arguments before those of the task. */
  readonly arguments: readonly string[];
}

/**
 * Runs one task to its end. Resolves with its output, or `undefined` when it failed. `permissions`: flags of `deno
 * run`.
 */
export async function runOnce(
  program: Program,
  { args, permissions, clock = systemClock }: {
    readonly args: readonly string[];
    readonly permissions: readonly string[];
    readonly clock?: Clock;
  },
): Promise<string | undefined> {
  const stopper = new AbortController();
  const limit = clock.after(LIMIT, () => stopper.abort());
  try {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...RUN, ...permissions, program.entry, ...program.arguments, ...args],
      clearEnv: true,
      env: childEnvironment(),
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

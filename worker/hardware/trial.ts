/**
 * Tries a hardware encoder in a process of its own, with the permissions and in the sandbox that rooms have: drivers are
 * native code, which the worker's main process does not load, and what a room could not open is refused here.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Hardware } from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import { childEnvironment } from "../../protocol/process/environment.ts";
import { forTask, withDevices } from "../isolation/sandbox.ts";
import { DEVICES } from "./candidates.ts";

/** Most time that a driver has to encode the first pictures, in milliseconds. */
const LIMIT = 10_000;

/** What the process prints when the encoder works. */
export const WORKS = "works";

/** How rooms are started. */
export interface TrialOptions {
  readonly clock: Clock;
  /** Flags of `deno run`. */
  readonly permissions: readonly string[];
  /** The command that confines a room; empty: none. */
  readonly sandbox: readonly string[];
}

/** Makes the function that tries an encoder: it resolves with the reason why rooms cannot use it, or `undefined`. */
export function hardwareTrials(
  { clock, permissions, sandbox }: TrialOptions,
): (hardware: Hardware) => Promise<string | undefined> {
  const entry = fileURLToPath(new URL("./trial_main.ts", import.meta.url));
  return async (hardware) => {
    const [program = "", ...args] = [
      ...forTask(withDevices(sandbox, DEVICES[hardware].nodes)),
      ...[Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, entry, hardware],
    ];
    const child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: childEnvironment(),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      // Away from the terminal, as rooms are. The sandbox ends with the worker; without it Ctrl-C has to reach the trial.
      detached: sandbox.length > 0,
    }).spawn();
    let isLate = false;
    using _limit = clock.after(LIMIT, () => {
      isLate = true;
      killIfThere(child);
    });
    const { success, code, signal, stdout } = await child.output();
    if (isLate) return `Its driver did not encode a picture within ${LIMIT / 1_000} s`;
    if (!success) return `Its driver ended the process that tried it (${signal ?? code})`;
    // A driver may print lines of its own before the answer.
    const answer = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "";
    return answer === WORKS ? undefined : answer;
  };
}

function killIfThere(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended; its output follows.
  }
}

/** Those of the paths that exist. Deno answers for a device node only to programs with every permission. */
export async function findDevices(paths: readonly string[]): Promise<readonly string[]> {
  try {
    const { stdout } = await new Deno.Command("ls", {
      args: ["-d", ...paths],
      stdin: "null",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  } catch {
    // No such program: a system whose devices have other names.
    return [];
  }
}

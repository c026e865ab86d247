/**
 * Signals to processes that this one did not start. Deno lets only a program that may run every program send them; a
 * program of the system does it here.
 *
 * @module
 */

/** The program that sends signals. */
export const KILL = "kill";

/** Whether a process of this user has this id; true when it cannot be told. */
export function isRunning(pid: number): boolean {
  try {
    return signal("-0", pid);
  } catch {
    return true;
  }
}

/**
 * Ends a process by force, if it is there.
 *
 * @throws when there is no such program
 */
export function endProcess(pid: number): void {
  signal("-KILL", pid);
}

function signal(name: string, pid: number): boolean {
  return new Deno.Command(KILL, {
    args: [name, String(pid)],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

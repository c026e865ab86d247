/**
 * Ends a process with everything that it started. Each child leads a process group of its own (`child.ts`).
 *
 * @module
 */

/**
 * Ends all processes of a group by force; one without processes has ended already. The process that leads it is not
 * enough: bubblewrap that is killed while it makes a sandbox leaves a process that waits for it without end.
 */
export function killGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

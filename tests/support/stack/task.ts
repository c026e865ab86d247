/**
 * Runs what `npm run` runs, with the flags that `deno.json` gives it.
 *
 * @module
 */
import denoJson from "../../../deno.json" with { type: "json" };

const ROOT = new URL("../../../", import.meta.url).pathname;

/** Arguments to Deno that run a task from any folder, followed by `args`. */
export function taskCommand(
  task: "start" | "worker-credential" | "reset-password",
  args: readonly string[] = [],
): string[] {
  const [, ...words] = denoJson.tasks[task].split(" ");
  return [...words.map((word) => word.replace(/^tools\/|(?<==)web\//, `${ROOT}$&`)), ...args];
}

/**
 * The program that the system starts: `deno run -A farpad-agent-launcher.js`. The versions are in `versions` beside it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../protocol/clock.ts";
import { createLog } from "../../protocol/log.ts";
import { systemRandom } from "../../protocol/random.ts";
import { type AgentProcess, launch } from "./launcher.ts";
import { openVersions } from "./versions.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "versions");
const log = createLog({ clock: systemClock, sink: console.log }).with({ process: "launcher" });
const launcher = launch({
  clock: systemClock,
  random: systemRandom,
  log,
  versions: openVersions(folder),
  start,
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => launcher[Symbol.dispose]());
}
await launcher.over;
Deno.exit(0);

function start(program: string): AgentProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-A", program, ...Deno.args],
    env: { FARPAD_AGENT_PROGRAM: folder },
    // This pipe closes when the launcher ends, and the agent then ends too.
    stdin: "piped",
  }).spawn();
  return {
    ended: child.status.then(({ code, signal }) => signal ? 1 : code),
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // The process has ended already.
      }
    },
  };
}

/**
 * The program that the system starts. It runs the agent with the permissions that the settings call for. The versions
 * are in `versions` beside it. `enrol TEXT` and `version` as the first argument run that command of the agent once.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../protocol/clock.ts";
import { createLog } from "../../protocol/log.ts";
import { systemRandom } from "../../protocol/random.ts";
import { readAgentFiles, removeLinkerVariables } from "../config.ts";
import { agentPermissions, enrolPermissions, RUN, versionPermissions } from "../permissions.ts";
import { type AgentProcess, launch } from "./launcher.ts";
import { makeLink } from "./link.ts";
import { openVersions } from "./versions.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "versions");
const versions = openVersions(folder, makeLink);
const [task, ...rest] = Deno.args;

removeLinkerVariables();
switch (task) {
  case "enrol":
    Deno.exit(await runTask(enrolPermissions(readAgentFiles(rest.slice(1)))));
    break;
  case "version":
    Deno.exit(await runTask(versionPermissions()));
    break;
  default:
    await keepRunning();
    Deno.exit(0);
}

async function keepRunning(): Promise<void> {
  const log = createLog({ clock: systemClock, sink: console.log }).with({ process: "launcher" });
  const launcher = launch({ clock: systemClock, random: systemRandom, log, versions, start });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => launcher[Symbol.dispose]());
  }
  await launcher.over;
}

/** Runs one command of the agent to its end, and returns its exit code. */
async function runTask(permissions: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...RUN, ...permissions, versions.program, ...Deno.args],
    stdin: "null",
  }).spawn().status;
  return code;
}

function start(program: string): AgentProcess {
  // The settings may have changed since the last start.
  const permissions = agentPermissions(readAgentFiles(Deno.args), {
    deno: Deno.execPath(),
    versions: folder,
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, ...permissions, program, ...Deno.args],
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

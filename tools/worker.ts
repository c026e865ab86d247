/**
 * `npm run worker`: a worker without a coordinator beside it. Reads the settings, starts the worker with the
 * permissions that they call for, starts it again when it ends, and stops it on Ctrl-C or SIGTERM.
 *
 * @module
 */
import { resolve } from "node:path";
import { systemClock } from "../protocol/clock.ts";
import { systemRandom } from "../protocol/random.ts";
import { COORDINATOR_SETTINGS } from "../protocol/settings/coordinator.ts";
import { readSettings } from "../protocol/settings/read.ts";
import { WORKER_SETTINGS } from "../protocol/settings/worker.ts";
import { workerPermissions } from "../worker/isolation/permissions.ts";
import { superviseAll } from "./start/processes.ts";

const WORKER = new URL("../worker/main.ts", import.meta.url).pathname;

let config: string | undefined;
const read = readSettings(WORKER_SETTINGS, {
  flags: Deno.args,
  env: Deno.env.toObject(),
  others: COORDINATOR_SETTINGS,
  readFile(path) {
    config = resolve(path);
    return Deno.readTextFileSync(path);
  },
});
if (!read.ok) {
  for (const fault of read.faults) console.error(fault);
  Deno.exit(1);
}
const permissions = workerPermissions(read.settings, config);
superviseAll({ clock: systemClock, random: systemRandom }).start(() => ({
  name: "worker",
  args: ["run", "--quiet", "--no-prompt", ...permissions, WORKER, ...Deno.args],
  env: Deno.env.toObject(),
}));

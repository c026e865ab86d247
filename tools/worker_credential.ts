/**
 * `npm run worker-credential -- make ID | list | revoke ID`: makes, lists and revokes the credentials of workers in the
 * data folder of this machine's coordinator, whether or not that coordinator runs. Takes the coordinator's settings,
 * such as `--data`.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseSettings } from "../coordinator/config.ts";
import { credentialFile } from "../coordinator/secrets/data_folder.ts";
import { WorkerCredentials } from "../coordinator/secrets/worker_credentials.ts";
import { systemClock } from "../protocol/clock.ts";
import { errorText } from "../protocol/error_text.ts";
import { WorkerId } from "../protocol/ids.ts";
import { systemRandom } from "../protocol/random.ts";

const USAGE = "Usage: npm run worker-credential -- make ID | list | revoke ID [--data FOLDER]";

Deno.exit(await main(Deno.args));

/** Returns the exit code. */
async function main([task = "", ...rest]: readonly string[]): Promise<number> {
  const [id, flags] = task === "list" ? [undefined, rest] : [rest[0] ?? "", rest.slice(1)];
  const worker = WorkerId.safeParse(id).data;
  if (task !== "list" && (worker === undefined || (task !== "make" && task !== "revoke"))) {
    return fail(USAGE);
  }
  const read = parseSettings({ flags, env: Deno.env.toObject() });
  if (!read.ok) return fail(...read.faults);
  const folder = resolve(read.settings.data);
  try {
    // A folder that is not there is mostly a wrong one.
    await Deno.stat(folder);
    const credentials = new WorkerCredentials({
      file: credentialFile(folder),
      passed: [],
      clock: systemClock,
      random: systemRandom,
    });
    if (worker === undefined) return list(credentials);
    return task === "make" ? await make(credentials, worker) : await revoke(credentials, worker);
  } catch (error) {
    return fail(`Cannot ${task} credentials in ${folder}: ${errorText(error)}`);
  }
}

async function make(credentials: WorkerCredentials, worker: WorkerId): Promise<number> {
  const credential = await credentials.mint(worker);
  if (credential === undefined) {
    return fail(`Cannot make a credential: worker ${worker} has one already. Revoke that first`);
  }
  console.error(`The credential of worker ${worker}, shown once:`);
  console.log(credential);
  return 0;
}

function list(credentials: WorkerCredentials): number {
  for (const { worker_id, created_at } of credentials.list()) {
    console.log(`${worker_id}\t${new Date(created_at).toISOString()}`);
  }
  return 0;
}

async function revoke(credentials: WorkerCredentials, worker: WorkerId): Promise<number> {
  if (!await credentials.revoke(worker)) {
    return fail(`Cannot revoke: worker ${worker} has no credential here`);
  }
  console.log(`Worker ${worker} is refused from now on`);
  return 0;
}

function fail(...faults: readonly string[]): number {
  for (const fault of faults) console.error(fault);
  return 1;
}

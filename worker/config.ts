/**
 * Reads the worker's settings; the only file in `worker/` that reads the environment.
 *
 * @module
 */
import { hostname } from "node:os";
import { WorkerId } from "../protocol/ids.ts";
import { COORDINATOR_SETTINGS } from "../protocol/settings/coordinator.ts";
import { type ReadSettings, readSettings, type SettingSources } from "../protocol/settings/read.ts";
import { secretVariables } from "../protocol/settings/table.ts";
import { WORKER_SETTINGS, type WorkerSettings } from "../protocol/settings/worker.ts";

export { WORKER_SETTINGS, type WorkerSettings };

/** Reads flags, environment and the configuration file; every fault is told at once. */
export function readWorkerSettings(
  { flags = Deno.args, env = Deno.env.toObject() }: Pick<SettingSources, "flags" | "env"> = {},
): ReadSettings<typeof WORKER_SETTINGS> {
  return readSettings(WORKER_SETTINGS, {
    flags,
    env,
    others: COORDINATOR_SETTINGS,
    readFile: Deno.readTextFileSync,
  });
}

/** An id made from this host's name, so that it stays the same. */
export function defaultWorkerId(): WorkerId {
  const name = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return WorkerId.parse(`worker-${name || "local"}`.slice(0, 64));
}

/**
 * Takes the secrets out of this process's environment, once they are read: child processes inherit it, and none of them
 * needs a secret.
 */
export function forgetSecrets(): void {
  const names = [WORKER_SETTINGS, COORDINATOR_SETTINGS].flatMap((table) => secretVariables(table));
  for (const name of names) Deno.env.delete(name);
}

/**
 * Reads the worker's settings; the only file in `worker/` that reads the environment.
 *
 * @module
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { WorkerId } from "../protocol/ids.ts";
import { COORDINATOR_SETTINGS } from "../protocol/settings/coordinator.ts";
import { type ReadSettings, readSettings, type SettingSources } from "../protocol/settings/read.ts";
import { secretVariables } from "../protocol/settings/table.ts";
import {
  WORKER_SETTINGS,
  workerConflicts,
  type WorkerSettings,
} from "../protocol/settings/worker.ts";

export { WORKER_SETTINGS, type WorkerSettings };

/** Reads flags, environment and the configuration file. The result holds the settings, or all faults. */
export function readWorkerSettings(
  { flags = Deno.args, env = Deno.env.toObject() }: Pick<SettingSources, "flags" | "env"> = {},
): ReadSettings<typeof WORKER_SETTINGS> {
  const read = readSettings(WORKER_SETTINGS, {
    flags,
    env,
    others: COORDINATOR_SETTINGS,
    readFile: Deno.readTextFileSync,
  });
  const faults = read.ok ? workerConflicts(read.settings) : [];
  return faults.length > 0 ? { ok: false, faults, given: read.given } : read;
}

/** A worker id from this machine's host name, so that it is the same after a restart. */
export function defaultWorkerId(): WorkerId {
  const name = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return WorkerId.parse(`worker-${name || "local"}`.slice(0, 64));
}

/**
 * Removes the secrets from this process's environment, after they are read. Child processes inherit the environment,
 * and none of them needs a secret.
 */
export function removeSecrets(): void {
  const names = [WORKER_SETTINGS, COORDINATOR_SETTINGS].flatMap((table) => secretVariables(table));
  for (const name of names) Deno.env.delete(name);
}

/** The folder of Deno's cache. */
export function cacheFolder(env = Deno.env.toObject()): string {
  const { DENO_DIR, XDG_CACHE_HOME, HOME = "" } = env;
  return DENO_DIR ?? join(XDG_CACHE_HOME ?? join(HOME, ".cache"), "deno");
}

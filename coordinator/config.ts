/**
 * Reads the coordinator's settings. No other file in `coordinator/` reads the environment.
 *
 * @module
 */
import {
  COORDINATOR_SETTINGS,
  coordinatorConflicts,
  type CoordinatorSettings,
} from "../protocol/settings/coordinator.ts";
import { type ReadSettings, readSettings } from "../protocol/settings/read.ts";
import { envName } from "../protocol/settings/table.ts";
import { WORKER_SETTINGS } from "../protocol/settings/worker.ts";

export { COORDINATOR_SETTINGS, type CoordinatorSettings };

/** Reads flags, environment and the configuration file of this process. */
export function readCoordinatorSettings(): ReadSettings<typeof COORDINATOR_SETTINGS> {
  // Each variable is read by its name, because the process has no permission to list the environment.
  const names = ["FARPAD_CONFIG", ...Object.keys(COORDINATOR_SETTINGS).map((key) => envName(key))];
  const given = names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return parseSettings({ flags: Deno.args, env: Object.fromEntries(given) });
}

/** Reads the settings from given sources, and reports all faults together. */
export function parseSettings({ flags = [], env = {} }: {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): ReadSettings<typeof COORDINATOR_SETTINGS> {
  const read = readSettings(COORDINATOR_SETTINGS, {
    flags,
    env,
    others: WORKER_SETTINGS,
    readFile: Deno.readTextFileSync,
  });
  const faults = read.ok ? coordinatorConflicts(read.settings) : [];
  return faults.length > 0 ? { ok: false, faults, given: read.given } : read;
}

/**
 * The rights the coordinator runs with: its own address, its data folder, the built pages, its own variables. No
 * programs, no native code, no other file. docs/OPERATIONS.md shows them as a command.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseSettings } from "./config.ts";

/** Flags of `deno run` for `coordinator/main.ts` with this environment. Faults in it are the coordinator's to tell. */
export function coordinatorPermissions(env: Readonly<Record<string, string>>): string[] {
  const read = parseSettings({ env });
  const variables = "--allow-env=FARPAD_*";
  if (!read.ok) return [variables];
  const { host, port, data, web, tlsCert, tlsKey } = read.settings;
  const files = [data, web, tlsCert, tlsKey, env.FARPAD_CONFIG].filter((path) =>
    path !== undefined
  );
  return [
    `--allow-net=${host.includes(":") ? `[${host}]` : host}:${port}`,
    `--allow-read=${files.map((path) => resolve(path)).join(",")}`,
    `--allow-write=${resolve(data)}`,
    variables,
  ];
}

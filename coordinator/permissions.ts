/**
 * The rights the coordinator runs with: the network, since operators choose where webhooks go (`url_rules.ts`
 * says where not), its data folder, the built pages, its own variables. No programs, no native code, no other file.
 * docs/OPERATIONS.md shows them as a command.
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
  const { data, web, tlsCert, tlsKey } = read.settings;
  const files = [data, web, tlsCert, tlsKey, env.FARPAD_CONFIG].filter((path) =>
    path !== undefined
  );
  return [
    "--allow-net",
    `--allow-read=${files.map((path) => resolve(path)).join(",")}`,
    `--allow-write=${resolve(data)}`,
    variables,
  ];
}

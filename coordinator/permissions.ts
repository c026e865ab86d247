/**
 * The Deno permissions that the coordinator runs with: the network, because operators choose the hosts of webhooks
 * (`protocol/addresses/reach.ts` forbids some), its data folder, the built pages, a given certificate, and its own variables. It may
 * run no programs, load no native code and read no other file. docs/OPERATIONS.md shows them as a command.
 *
 * @module
 */
import { resolve } from "node:path";
import { type CoordinatorSettings, parseSettings } from "./config.ts";

/** `ws` reads two of its own when it is loaded. */
const VARIABLES = "--allow-env=FARPAD_*,WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE";

/** Flags of `deno run` for `coordinator/main.ts` with this environment. The coordinator reports faults in it. */
export function coordinatorPermissions(env: Readonly<Record<string, string>>): string[] {
  const read = parseSettings({ env });
  return read.ok ? permissionsOf(read.settings, env.FARPAD_CONFIG) : [VARIABLES];
}

/** The same for settings that were read. `config`: the configuration file that the process reads itself. */
export function permissionsOf(
  { data, web, tlsCert, tlsKey }: Pick<CoordinatorSettings, "data" | "web" | "tlsCert" | "tlsKey">,
  config?: string,
): string[] {
  const files = [data, web, tlsCert, tlsKey, config].filter((path) => path !== undefined);
  return [
    "--allow-net",
    `--allow-read=${files.map((path) => resolve(path)).join(",")}`,
    `--allow-write=${resolve(data)}`,
    // The start prints the addresses by which other machines reach the coordinator.
    "--allow-sys=networkInterfaces",
    VARIABLES,
  ];
}

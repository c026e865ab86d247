/**
 * The text of `npm start -- --help`: every setting with its default and meaning.
 *
 * @module
 */
import { COORDINATOR_SETTINGS } from "../../protocol/settings/coordinator.ts";
import { flagName, type SettingTable } from "../../protocol/settings/table.ts";
import { WORKER_SETTINGS } from "../../protocol/settings/worker.ts";

/** The text, several lines; without a line break at the end. */
export function helpText(): string {
  return [
    "npm start -- [--setting value …]",
    "",
    "Each setting is a flag, a variable (--tls-cert: FARPAD_TLS_CERT) and a line of the TOML file that",
    "--config names (tls_cert). See docs/OPERATIONS.md for more.",
    "",
    "Coordinator",
    ...linesOf(COORDINATOR_SETTINGS),
    "",
    "Worker",
    ...linesOf(WORKER_SETTINGS),
  ].join("\n");
}

function linesOf(table: SettingTable): string[] {
  return Object.entries(table).map(([key, { initial, help }]) => {
    const text = help.replaceAll("`", "");
    return `  ${flagName(key).padEnd(20)} ${text}${initial ? ` [${initial}]` : ""}`;
  });
}

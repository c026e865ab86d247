/**
 * How tests run the agent: with the permissions that the launcher gives it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { readAgentFiles } from "../../../agent/config.ts";
import { agentPermissions, RUN } from "../../../agent/permissions.ts";

const AGENT = fileURLToPath(import.meta.resolve("../../../agent/main.ts"));

/** Arguments to Deno that run the agent with the settings of this environment. */
export function agentCommand(env: Readonly<Record<string, string>>): string[] {
  const permissions = agentPermissions(readAgentFiles([], env), { deno: Deno.execPath() });
  return [...RUN, ...permissions, AGENT];
}

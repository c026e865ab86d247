/**
 * The agent's settings: the table, and the only file in `agent/` that reads the environment. In the file they
 * are named as here in snake case; in the environment they begin with `FARPAD_AGENT_`.
 *
 * @module
 */
import { resolve } from "node:path";
import { readEnrollment } from "../protocol/field/enrollment.ts";
import { readPublicKey } from "../protocol/field/ed25519_key.ts";
import { LEVELS } from "../protocol/log.ts";
import { socketUrl } from "../protocol/settings/addresses.ts";
import { type ReadSettings, readSettings } from "../protocol/settings/read.ts";
import { SHARED_SETTINGS } from "../protocol/settings/shared.ts";
import { secretVariables, type Setting, type SettingsOf } from "../protocol/settings/table.ts";
import { choice, integer, readBy, text } from "../protocol/settings/values.ts";

/** The beginning of the names of the agent's settings in the environment. */
export const ENV_PREFIX = "FARPAD_AGENT_";
/** The configuration file when none is named; it may be absent. */
const DEFAULT_FILE = "/etc/farpad/agent.toml";

const enrollment = readBy((value) =>
  readEnrollment(value) === undefined
    ? { fault: "it must be an enrolment token or the text of a QR code" }
    : { value }
);

const publicKey = readBy((value) =>
  readPublicKey(value) === undefined ? { fault: "it must be an Ed25519 public key" } : { value }
);

/** The table of the agent's settings. */
export const AGENT_SETTINGS = {
  coordinator: {
    read: socketUrl,
    help: "Where the coordinator is dialled, such as wss://example.org/agent/ws",
  },
  enrollment: {
    read: enrollment,
    help: "Enrolment token, or the text of the QR code; used once",
    secret: true,
  },
  ca: { read: text, help: "PEM file of a certificate authority to trust besides the usual ones" },
  data: {
    read: text,
    initial: "/var/lib/farpad-agent",
    help: "Folder of the device key and of updates",
  },
  media: {
    read: text,
    initial: "/var/lib/farpad-agent/media",
    help: "Folder of video files that may be sent",
  },
  inputPatience: {
    read: integer(0, 86_400),
    initial: "300",
    help: "How long a camera or file that is lost during a stream is opened again, in seconds",
  },
  updateKey: {
    read: publicKey,
    help: "The fleet's public key, 43 characters of base64url: updates it did not sign are refused",
  },
  statusPort: {
    read: integer(0, 65_535),
    initial: "8120",
    help: "Port of the status page on this device; 0: none",
  },
  logLevel: { read: choice(LEVELS), initial: "info", help: "Least level that is logged" },
  logFormat: SHARED_SETTINGS.logFormat,
} as const satisfies Record<string, Setting<unknown>>;

/** The values of the agent's settings. */
export type AgentSettings = SettingsOf<typeof AGENT_SETTINGS>;

/** Reads flags, environment and the configuration file; returns all faults together. */
export function readAgentSettings(
  flags: readonly string[],
): ReadSettings<typeof AGENT_SETTINGS> {
  return readSettings(AGENT_SETTINGS, {
    flags,
    env: Deno.env.toObject(),
    prefix: ENV_PREFIX,
    readFile: (path) => Deno.readTextFileSync(resolve(path)),
    defaultFile: DEFAULT_FILE,
  });
}

/** The folder of versions, when the launcher started this process. */
export function programFolder(): string | undefined {
  return Deno.env.get(`${ENV_PREFIX}PROGRAM`);
}

/**
 * Removes the secrets from this process's environment after they were read: child processes inherit the environment,
 * and none of them needs a secret.
 */
export function removeSecrets(): void {
  for (const name of secretVariables(AGENT_SETTINGS, ENV_PREFIX)) Deno.env.delete(name);
}

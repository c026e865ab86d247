/**
 * The agent's settings: the table, and the only place in `agent/` that reads the environment. In the file they
 * are named as here in snake case; in the environment they begin with `FARPAD_AGENT_`.
 *
 * @module
 */
import { resolve } from "node:path";
import * as z from "zod/mini";
import { readEnrollment } from "../protocol/field/enrollment.ts";
import {
  integer,
  type ReadSettings,
  readSettings,
  type Setting,
  type SettingsOf,
  text,
} from "../protocol/settings.ts";

export const ENV_PREFIX = "FARPAD_AGENT_";
/** Read when `FARPAD_AGENT_CONFIG` names no other; it may be absent. */
const DEFAULT_FILE = "/etc/farpad/agent.toml";

const Url = z.string().check(z.regex(/^wss?:\/\/\S+$/, "it must begin with ws:// or wss://"));
const Enrollment = z.string().check(
  z.refine((value) => readEnrollment(value) !== undefined, "it is no enrolment token or QR text"),
);
const Level = z.enum(["debug", "info", "warn", "error"]);

export const AGENT_SETTINGS = {
  coordinator: {
    read: Url,
    help: "Where the coordinator is dialled, such as wss://example.org/agent/ws",
  },
  enrollment: {
    read: Enrollment,
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
  statusPort: {
    read: integer(0, 65_535),
    initial: "8120",
    help: "Port of the status page on this device; 0: none",
  },
  logLevel: { read: Level, initial: "info", help: "Least level that is logged" },
} as const satisfies Record<string, Setting<unknown>>;

export type AgentSettings = SettingsOf<typeof AGENT_SETTINGS>;

/** Reads flags, environment and the file that `FARPAD_AGENT_CONFIG` names. */
export function readAgentSettings(
  flags: readonly string[],
): ReadSettings<typeof AGENT_SETTINGS> {
  const env = Deno.env.toObject();
  const file = readFile(env[`${ENV_PREFIX}CONFIG`]);
  return readSettings(AGENT_SETTINGS, {
    flags,
    env,
    prefix: ENV_PREFIX,
    ...(file !== undefined && { file }),
  });
}

/** The text of the file. One that was named must be there. */
function readFile(named: string | undefined): string | undefined {
  try {
    return Deno.readTextFileSync(resolve(named ?? DEFAULT_FILE));
  } catch (error) {
    if (named === undefined && error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The folder of versions, when the launcher started this process and looks after its updates. */
export function programFolder(): string | undefined {
  return Deno.env.get(`${ENV_PREFIX}PROGRAM`);
}

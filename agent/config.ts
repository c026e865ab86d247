/**
 * The agent's settings: the table, and the only file in `agent/` that reads the environment. In the file they
 * are named as here in snake case; in the environment they begin with `FARPAD_AGENT_`.
 *
 * @module
 */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { readEnrollment } from "../protocol/field/enrollment.ts";
import { readPublicKey } from "../protocol/field/ed25519_key.ts";
import { LEVELS } from "../protocol/log.ts";
import { socketUrl } from "../protocol/settings/addresses.ts";
import { type ReadSettings, readSettings } from "../protocol/settings/read.ts";
import { SHARED_SETTINGS } from "../protocol/settings/shared.ts";
import { secretVariables, type Setting, type SettingsOf } from "../protocol/settings/table.ts";
import { choice, integer, listOf, readBy, text, toggle } from "../protocol/settings/values.ts";
import { readActuator, readOutput } from "./actuators/settings.ts";
import { readViewerAddress } from "./vehicle/viewer_address.ts";
import { type AgentFiles, SETTINGS_FOLDER } from "./permissions.ts";

/** The beginning of the names of the agent's settings in the environment. */
export const ENV_PREFIX = "FARPAD_AGENT_";
/** The configuration file when none is named; it may be absent. */
const DEFAULT_FILE = `${SETTINGS_FOLDER}/agent.toml`;

const enrollment = readBy((value) =>
  readEnrollment(value) === undefined
    ? { fault: "it must be an enrolment token or the text of a QR code" }
    : { value }
);

const publicKey = readBy((value) =>
  readPublicKey(value) === undefined ? { fault: "it must be an Ed25519 public key" } : { value }
);

const choiceOfAddress = readBy((value) =>
  isIP(value) === 0 ? { fault: "it must be an IP address of this device" } : { value }
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
  allowPlain: {
    read: toggle,
    initial: "off",
    help:
      "Whether a coordinator on another machine is dialled without TLS, for networks where nobody listens",
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
  actuator: {
    read: readBy(readActuator),
    help: "What moves the vehicle that this device is; absent: it is none",
  },
  actuatorOutputs: {
    read: listOf(readOutput),
    initial: "steering 0, throttle 1",
    help: "The outputs of the actuator",
  },
  failsafeSilence: {
    read: integer(150, 60_000),
    initial: "500",
    help: "The longest time without control before the vehicle is neutral, in milliseconds",
  },
  telemetryPort: {
    read: integer(0, 65_535),
    initial: "0",
    help: "UDP port of loopback at which programs report readings of the vehicle; 0: none",
  },
  openViewer: {
    read: readBy(readViewerAddress),
    help:
      "IP address and UDP port of a viewer without Farpad (v3xctrl) that may drive the vehicle " +
      "while no stream runs; nothing proves who sends from there; absent: none may",
  },
  simulatedCar: {
    read: toggle,
    initial: "off",
    help: "Whether a simulated car can be streamed, which an actuator udp:PORT drives",
  },
  encoder: {
    read: choice(["auto", "software", "v4l2m2m", "rkmpp", "vaapi", "nvenc"]),
    initial: "auto",
    help: "What encodes H.264: auto tries what the box has; software, or one encoder by name",
  },
  statusAddress: {
    read: choiceOfAddress,
    initial: "127.0.0.1",
    help: "Address that the local page is served on: loopback, one of the box's, or 0.0.0.0",
  },
  statusPort: {
    read: integer(0, 65_535),
    initial: "8120",
    help: "Port of the local page of this device; 0: none",
  },
  logLevel: { read: choice(LEVELS), initial: "info", help: "Least level that is logged" },
  logFormat: SHARED_SETTINGS.logFormat,
} as const satisfies Record<string, Setting<unknown>>;

/** The values of the agent's settings. */
export type AgentSettings = SettingsOf<typeof AGENT_SETTINGS>;

/** Reads flags, environment and the configuration file; returns all faults together. */
export function readAgentSettings(
  flags: readonly string[],
  {
    env = Deno.env.toObject(),
    readFile = (path: string) => Deno.readTextFileSync(resolve(path)),
  } = {},
): ReadSettings<typeof AGENT_SETTINGS> {
  return readSettings(AGENT_SETTINGS, {
    flags,
    env,
    prefix: ENV_PREFIX,
    readFile,
    defaultFile: DEFAULT_FILE,
  });
}

/**
 * The files and folders that the settings name, for the permissions of the agent that will read them. Faults are left
 * to it: a newer agent may know settings that this program does not.
 */
export function readAgentFiles(
  flags: readonly string[],
  env: Record<string, string> = Deno.env.toObject(),
): AgentFiles {
  let config: string | undefined;
  const { given } = readAgentSettings(flags, {
    env,
    readFile(path) {
      config = resolve(path);
      return Deno.readTextFileSync(config);
    },
  });
  const { data, media } = AGENT_SETTINGS;
  const ca = given.get("ca")?.text;
  return {
    data: resolve(given.get("data")?.text ?? data.initial),
    media: resolve(given.get("media")?.text ?? media.initial),
    ca: ca === undefined ? undefined : resolve(ca),
    config,
  };
}

/** The folder of versions, when the launcher started this process. */
export function programFolder(): string | undefined {
  return Deno.env.get(`${ENV_PREFIX}PROGRAM`);
}

/**
 * Removes the variables of the dynamic linker, such as `LD_PRELOAD`. Deno starts no program with them unless every
 * program may be started, because they name code that it would load.
 */
export function removeLinkerVariables(): void {
  for (const name of Object.keys(Deno.env.toObject())) {
    if (/^(LD|DYLD)_/.test(name)) Deno.env.delete(name);
  }
}

/**
 * Removes the secrets from this process's environment after they were read: child processes inherit the environment,
 * and none of them needs a secret.
 */
export function removeSecrets(): void {
  for (const name of secretVariables(AGENT_SETTINGS, ENV_PREFIX)) Deno.env.delete(name);
}

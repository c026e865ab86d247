/**
 * The processes that `npm start` runs, with their settings and rights: the coordinator, a worker with
 * a credential made for this run, and the agent of the demonstration device.
 *
 * The launcher reads flags, environment and configuration file once. Its children get every setting in their
 * environment, so that all of them have the same values and a fault is reported once.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { readAgentFiles } from "../../agent/config.ts";
import { agentPermissions } from "../../agent/permissions.ts";
import { permissionsOf } from "../../coordinator/permissions.ts";
import { hostInUrl, isEveryAddress } from "../../protocol/addresses/hosts.ts";
import { SMALL_HEAP, V8_FLAGS } from "../../protocol/process/small_memory.ts";
import {
  COORDINATOR_SETTINGS,
  coordinatorConflicts,
  type CoordinatorSettings,
} from "../../protocol/settings/coordinator.ts";
import { type GivenValue, readSettings, unknownVariables } from "../../protocol/settings/read.ts";
import { envName, flagName, PREFIX, secretVariables } from "../../protocol/settings/table.ts";
import { WORKER_SETTINGS, workerConflicts } from "../../protocol/settings/worker.ts";
import { type WorkerFolders, workerPermissions } from "../../worker/isolation/permissions.ts";
import type { Child } from "./supervisor.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/**
 * Arguments to Deno that begin each child. `--quiet`: at a terminal Deno's progress of loading packages would
 * overwrite the lines that the coordinator prints, the setup link among them.
 */
const RUN = ["run", "--quiet", "--no-prompt", V8_FLAGS];
const SETTINGS = { ...COORDINATOR_SETTINGS, ...WORKER_SETTINGS };
/** Variables with secrets of the coordinator that no worker needs. */
const COORDINATOR_SECRETS: ReadonlySet<string> = new Set(secretVariables(COORDINATOR_SETTINGS))
  .difference(new Set(secretVariables(WORKER_SETTINGS)));

/** The settings of all children. */
export interface LaunchSettings {
  /** URL of the coordinator on this machine, without a slash at its end. */
  readonly url: string;
  /** The environment of the children. */
  readonly env: Readonly<Record<string, string>>;
  /** Settings whose value is the empty text, as flags, because an empty variable counts as not set. */
  readonly flags: readonly string[];
  readonly coordinator: CoordinatorSettings;
  readonly worker: WorkerFolders;
  /** Variables with the prefix of settings that name no setting. */
  readonly unknown: readonly string[];
}

/** The settings, or every fault as a sentence. */
export type ReadLaunch =
  | { readonly ok: true; readonly launch: LaunchSettings }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads the settings of all children. `credential` is the worker's, unless the settings contain one. */
export function readLaunch(
  { env, flags = [], credential }: {
    readonly env: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
    readonly credential: string;
  },
): ReadLaunch {
  const read = readSettings(SETTINGS, { env, flags, readFile: Deno.readTextFileSync });
  const faults = read.ok
    ? [...coordinatorConflicts(read.settings), ...workerConflicts(read.settings)]
    : read.faults;
  if (!read.ok || faults.length > 0) return { ok: false, faults };
  const launch: LaunchSettings = {
    url: expectedUrl(read.settings),
    env: {
      ...SMALL_HEAP,
      ...withoutSettings(env),
      [envName("workerCredential")]: credential,
      [envName("demo")]: "true",
      ...variablesOf(read.given),
      [envName("data")]: resolve(read.settings.data),
    },
    flags: [...read.given].flatMap(([key, { text }]) => text === "" ? [`${flagName(key)}=`] : []),
    coordinator: read.settings,
    worker: read.settings,
    unknown: unknownVariables(SETTINGS, env),
  };
  return {
    ok: true,
    launch: read.given.has("coordinator") ? launch : atAddress(launch, launch.url),
  };
}

/**
 * The settings of all children from the environment alone.
 *
 * @throws {TypeError} when they hold a fault
 */
export function launchSettings(
  env: Readonly<Record<string, string>>,
  credential: string,
): LaunchSettings {
  const read = readLaunch({ env, credential });
  if (!read.ok) throw new TypeError(read.faults.join("\n"));
  return read.launch;
}

/** The same settings after the coordinator has written its address: it keeps its port, and the others dial it there. */
export function atAddress(launch: LaunchSettings, url: string): LaunchSettings {
  const dialled = launch.env[envName("coordinator")];
  const isOwn = dialled === undefined || dialled === workerUrl(launch.url);
  const { protocol, port } = new URL(url);
  const bound = port || (protocol === "https:" ? "443" : "80");
  return {
    ...launch,
    url,
    env: {
      ...launch.env,
      [envName("port")]: bound,
      // The address may be one of this machine's own, other than loopback: nothing crosses a network then.
      ...(isOwn && {
        [envName("coordinator")]: workerUrl(url),
        [envName("allowPlain")]: "true",
      }),
    },
  };
}

function workerUrl(url: string): string {
  return `${url.replace(/^http/, "ws")}/wso`;
}

/** URL of the coordinator before its start, if its port is set. */
function expectedUrl({ host, port, tls, tlsCert }: CoordinatorSettings): string {
  const scheme = tls === "off" && tlsCert === undefined ? "http" : "https";
  const local = isEveryAddress(host) ? (host === "::" ? "::1" : "127.0.0.1") : host;
  return `${scheme}://${hostInUrl(local)}:${port}`;
}

function withoutSettings(env: Readonly<Record<string, string>>): Record<string, string> {
  const isOurs = (name: string) => name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}AGENT_`);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

function variablesOf(given: ReadonlyMap<string, GivenValue>): Record<string, string> {
  return Object.fromEntries([...given].map(([key, { text }]) => [envName(key), text]));
}

/** Folder in which the agent of the demonstration car keeps its key. */
export function carFolder({ env }: Pick<LaunchSettings, "env">): string {
  return join(env.FARPAD_DATA!, "demo-car");
}

/**
 * The agent of the demonstration car. `enrollment`: its token, needed once. `ports`: UDP ports of loopback by which the
 * car is driven and reports.
 */
export function carChild(
  settings: LaunchSettings,
  { enrollment, ports: [control, telemetry] }: {
    readonly enrollment: string | undefined;
    readonly ports: readonly [number, number];
  },
): Child {
  return agentIn(carFolder(settings), settings, {
    name: "agent of the demonstration car",
    enrollment,
    variables: {
      FARPAD_AGENT_ACTUATOR: `udp:${control}`,
      FARPAD_AGENT_TELEMETRY_PORT: String(telemetry),
      FARPAD_AGENT_SIMULATED_CAR: "on",
    },
  });
}

/** Folder in which the demonstration's agent keeps its key. */
export function demoFolder({ env }: Pick<LaunchSettings, "env">): string {
  return join(env.FARPAD_DATA!, "demo-agent");
}

/** The agent of the demonstration device. `enrollment`: its token, needed once. */
export function agentChild(settings: LaunchSettings, enrollment: string | undefined): Child {
  const name = "demonstration agent";
  return agentIn(demoFolder(settings), settings, { name, enrollment, variables: {} });
}

function agentIn(
  folder: string,
  settings: LaunchSettings,
  { name, enrollment, variables: own }: {
    readonly name: string;
    readonly enrollment: string | undefined;
    readonly variables: Readonly<Record<string, string>>;
  },
): Child {
  const { env, url, coordinator } = settings;
  const selfMade = coordinator.tls === "self" ? join(env.FARPAD_DATA!, "tls_cert.pem") : undefined;
  const ca = coordinator.tlsCert ?? selfMade;
  const variables = {
    FARPAD_AGENT_COORDINATOR: `${url.replace(/^http/, "ws")}/agent/ws`,
    // The address is one of this machine's own: nothing crosses a network.
    FARPAD_AGENT_ALLOW_PLAIN: "on",
    FARPAD_AGENT_DATA: folder,
    FARPAD_AGENT_MEDIA: join(folder, "media"),
    FARPAD_AGENT_STATUS_PORT: "0",
    ...(enrollment && { FARPAD_AGENT_ENROLLMENT: enrollment }),
    ...(ca !== undefined && { FARPAD_AGENT_CA: resolve(ca) }),
    ...withoutSettings(env),
    ...own,
  };
  const permissions = agentPermissions(readAgentFiles([], variables), { deno: Deno.execPath() });
  return {
    name,
    args: [...RUN, ...permissions, `${ROOT}agent/main.ts`],
    env: variables,
  };
}

/** The coordinator. It gets only the permissions that its settings need. */
export function coordinatorChild({ env, flags, coordinator }: LaunchSettings): Child {
  const permissions = permissionsOf({ ...coordinator, data: env.FARPAD_DATA! });
  return {
    name: "coordinator",
    args: [...RUN, ...permissions, `${ROOT}coordinator/main.ts`, ...flags],
    env,
  };
}

/** The worker. It gets only the permissions that its settings need, and its rooms get fewer. */
export function workerChild({ env, flags, worker }: LaunchSettings): Child {
  const permissions = workerPermissions(worker);
  return {
    name: "worker",
    args: [...RUN, ...permissions, `${ROOT}worker/main.ts`, ...flags],
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !COORDINATOR_SECRETS.has(name))),
  };
}

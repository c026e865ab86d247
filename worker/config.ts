/**
 * A worker's settings: the table, and the only place in `worker/` that reads the environment.
 *
 * @module
 */
import { availableParallelism, hostname } from "node:os";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { WorkerId, ZoneId } from "../protocol/ids.ts";
import {
  integer,
  list,
  portRange,
  type ReadSettings,
  readSettings,
  type Setting,
  type SettingsOf,
  type SettingSources,
  text,
} from "../protocol/settings.ts";

const Url = z.string().check(z.regex(/^wss?:\/\/\S+$/, "it must begin with ws:// or wss://"));
const PingUrl = z.string().check(z.regex(/^(https?:\/\/|\/)\S*$/, "it must be a web address"));
const MediaPorts = z.pipe(
  portRange,
  z.custom<[number, number]>(
    (range) => Array.isArray(range) && range[1] > range[0],
    "a connection takes two ports at least",
  ),
);
const Level = z.enum(["debug", "info", "warn", "error"]);

export const WORKER_SETTINGS = {
  coordinator: {
    read: Url,
    initial: "ws://127.0.0.1:8000/wso",
    help: "Where the coordinator is dialled",
  },
  workerCredential: {
    read: text,
    help: "What proves to the coordinator that this worker is let in",
    secret: true,
  },
  workerId: {
    read: WorkerId,
    help: "Stable id of this worker; made from the host's name if absent",
  },
  workerName: { read: text, initial: "This machine", help: "The worker's name as people read it" },
  zone: { read: ZoneId, initial: "local", help: "The place this worker stands in" },
  workerHost: { read: text, initial: "127.0.0.1", help: "Address of the worker's own HTTP port" },
  workerPort: {
    read: integer(0, 65_535),
    initial: "0",
    help: "The worker's own HTTP port; 0: any",
  },
  pingUrl: { read: PingUrl, help: "Where browsers measure their round trip to this worker" },
  roms: { read: text, initial: "roms", help: "Folder of games" },
  cores: { read: list, initial: "", help: "Folders of libretro cores; the system's if empty" },
  capacity: {
    read: integer(1, 500),
    initial: String(3 * availableParallelism()),
    help: "Rooms that may run at once",
  },
  iceAddresses: {
    read: list,
    initial: "127.0.0.1",
    help: "Addresses offered to browsers besides those of the interfaces, such as a public one",
  },
  udpPorts: { read: MediaPorts, help: "UDP ports for media, such as 50000-50100; any if absent" },
  ingestHost: {
    read: text,
    initial: "127.0.0.1",
    help: "Where field devices reach this worker; a loopback address keeps others out",
  },
  ingestPorts: {
    read: portRange,
    initial: "15000-16000",
    help: "UDP ports for field streams, in pairs that begin with an even one",
  },
  videoHeight: {
    read: integer(120, 2160),
    initial: "448",
    help: "Small pictures are scaled up to at least this height, in pixels",
  },
  data: { read: text, initial: "data", help: "Folder of everything that is kept" },
  logLevel: { read: Level, initial: "info", help: "Least level that is logged" },
} as const satisfies Record<string, Setting<unknown>>;

export type WorkerSettings = SettingsOf<typeof WORKER_SETTINGS>;

/** Reads flags, environment and the file that `FARPAD_CONFIG` names; tells all faults at once. */
export function readWorkerSettings(
  { flags = Deno.args, env = Deno.env.toObject() }: Pick<SettingSources, "flags" | "env"> = {},
): ReadSettings<typeof WORKER_SETTINGS> {
  const path = env.FARPAD_CONFIG;
  const file = path ? readFile(path) : "";
  const read = readSettings(WORKER_SETTINGS, { flags, env, file: file ?? "" });
  if (file !== undefined) return read;
  const fault = `Cannot read the configuration file ${path} (FARPAD_CONFIG)`;
  return { ok: false, faults: [fault, ...read.ok ? [] : read.faults] };
}

function readFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(resolve(path));
  } catch {
    return undefined;
  }
}

/** An id that stays the same on this host. */
export function defaultWorkerId(): WorkerId {
  const name = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return WorkerId.parse(`worker-${name || "local"}`.slice(0, 64));
}

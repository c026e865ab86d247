/**
 * The worker process: reads its settings, opens its library, dials the coordinator.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { sleep, systemClock } from "../protocol/clock.ts";
import { createLog, type Log } from "../protocol/log.ts";
import { systemRandom } from "../protocol/random.ts";
import { describeSettings } from "../protocol/settings.ts";
import { VERSION } from "../protocol/version.ts";
import {
  defaultWorkerId,
  readWorkerSettings,
  WORKER_SETTINGS,
  type WorkerSettings,
} from "./config.ts";
import { openLibrary } from "./library.ts";
import { createMachineLoad } from "./machine_load.ts";
import { type PingServer, servePing } from "./ping_server.ts";
import { roomProcesses } from "./room_process.ts";
import { createWorker } from "./worker.ts";

/** Time rooms get to tell their end and to keep what is to be kept, in milliseconds. */
const FAREWELL = 2_000;
/** Time for the last words to leave, in milliseconds. */
const LAST_WORDS = 50;

const ports = { clock: systemClock, random: systemRandom };

run();

function run(): void {
  const read = readWorkerSettings();
  if (!read.ok) fail(...read.faults);
  const { settings } = read;
  const log = createLog({ clock: systemClock, sink: console.log, level: settings.logLevel })
    .with({ process: "worker" });
  log.info("settings", describeSettings(WORKER_SETTINGS, settings));
  const credential = settings.workerCredential ??
    fail("Cannot start the worker: FARPAD_WORKER_CREDENTIAL is not set");
  start({ settings, credential, log });
}

function start(
  { settings, credential, log }: { settings: WorkerSettings; credential: string; log: Log },
): void {
  const data = resolve(settings.data);
  const library = openLibrary({
    ...ports,
    log,
    roms: resolve(settings.roms),
    cores: settings.cores,
    data,
    changed: () => worker.libraryChanged(),
  });
  const ping = bind(settings, log, () => ({ status: "ok", version: VERSION, rooms: worker.rooms }));
  const worker = createWorker({
    ...ports,
    log,
    coordinator: settings.coordinator,
    identity: {
      worker_id: settings.workerId ?? defaultWorkerId(),
      credential,
      name: settings.workerName,
      zone: settings.zone,
      ping_url: settings.pingUrl ?? `http://${settings.workerHost}:${ping.port}/ping`,
      capacity: settings.capacity,
      versions: { farpad: VERSION, runtime: `deno ${Deno.version.deno}` },
    },
    shelf: library,
    room: {
      extraAddresses: settings.iceAddresses,
      ...(settings.udpPorts && { portRange: settings.udpPorts }),
      minHeight: settings.videoHeight,
      savesFolder: join(data, "saves"),
    },
    startRoom: roomProcesses(systemClock),
    ingest: {
      host: settings.ingestHost,
      address: isLoopback(settings.ingestHost) ? settings.ingestHost : "0.0.0.0",
      portRange: settings.ingestPorts,
    },
    load: createMachineLoad(),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      log.info("stopping", { signal });
      await Promise.race([worker.closeRooms(), sleep(systemClock, FAREWELL)]);
      worker[Symbol.dispose]();
      await sleep(systemClock, LAST_WORDS);
      Deno.exit(0);
    });
  }
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}

function bind(
  { workerHost: hostname, workerPort: port }: WorkerSettings,
  log: Log,
  health: () => Record<string, unknown>,
): PingServer {
  try {
    return servePing({ hostname, port, log, health });
  } catch (error) {
    return fail(
      `Cannot listen on ${hostname}:${port}: ${error instanceof Error ? error.message : error}. ` +
        "Choose another port with FARPAD_WORKER_PORT",
    );
  }
}

function fail(...faults: readonly string[]): never {
  for (const fault of faults) console.error(fault);
  Deno.exit(1);
}

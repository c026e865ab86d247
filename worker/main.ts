/**
 * The worker process: reads its settings, opens its library, dials the coordinator.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import { sleep, systemClock } from "../protocol/clock.ts";
import { hostInUrl, isEveryAddress } from "../protocol/addresses/hosts.ts";
import { removeLeftovers } from "../protocol/disk/durable_file.ts";
import { probeFolder, StorageWatch } from "../protocol/disk/storage_watch.ts";
import { MEDIA_PATH } from "../protocol/media_socket/messages.ts";
import { errorText } from "../protocol/error_text.ts";
import { createLog, type Log, logStyle } from "../protocol/log.ts";
import { childStarter, openChildFiles } from "../protocol/process/child.ts";
import { whenParentGone } from "../protocol/process/parent.ts";
import { collectGarbage } from "../protocol/process/small_memory.ts";
import { newId } from "../protocol/ids.ts";
import { systemRandom } from "../protocol/random.ts";
import { VERSION } from "../protocol/version.ts";
import { iceAddressesOf, ingestAddressOf } from "./addresses.ts";
import {
  cacheFolder,
  defaultWorkerId,
  readWorkerSettings,
  removeSecrets,
  type WorkerSettings,
} from "./config.ts";
import { type HttpServer, type HttpServerOptions, serveHttp } from "./http_server.ts";
import { egressProcesses } from "./ingest/egress/process.ts";
import { isUdpPortFree } from "./ingest/udp_ports.ts";
import { toPlainText } from "../protocol/plain_text.ts";
import { openLibrary, systemFolderOf } from "./library/library.ts";
import { DEVICES } from "./hardware/candidates.ts";
import { chooseHardware } from "./hardware/choose.ts";
import { findDevices, hardwareTrials } from "./hardware/trial.ts";
import { createMachineLoad } from "./machine_load.ts";
import { MediaSockets } from "./media_socket/media_sockets.ts";
import { Tickets } from "./media_socket/tickets.ts";
import {
  coverPermissions,
  egressPermissions,
  roomPermissions,
  savesFolder,
} from "./isolation/permissions.ts";
import { openStore } from "./saves/open_store.ts";
import { readSavedApps } from "./saves/saved_apps.ts";
import { openCovers, type OpenedCovers } from "./pictures/open_covers.ts";
import { picturePath, pictureServer } from "./pictures/picture_server.ts";
import { findPicture, Stills } from "./pictures/stills.ts";
import { openPriority } from "./priority.ts";
import { baseOf } from "./recording/answer.ts";
import { FileServer } from "./recording/file_server.ts";
import { Recordings } from "./recording/recordings.ts";
import { UploadServer } from "./recording/device/upload_server.ts";
import { roomProcesses } from "./room_process.ts";
import { openSandbox, withDevices } from "./isolation/sandbox.ts";
import { createWorker } from "./worker.ts";

/** Most time for the rooms to save and to report their end, in milliseconds. */
const CLOSE_LIMIT = 2_000;
/** Time for the last messages to the coordinator to be sent, in milliseconds. */
const FLUSH = 50;

const ports = { clock: systemClock, random: systemRandom };

/** Ends the rooms in order. Until there is a worker, it does nothing. */
let shutDown: (why: string) => Promise<void> = () => Promise.resolve();
let leaving: Promise<void> | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => leave(signal));
}
whenParentGone(() => leave("the launcher is gone"));
await run();

function leave(why: string): void {
  leaving ??= shutDown(why).finally(() => Deno.exit(0));
}

async function run(): Promise<void> {
  const read = readWorkerSettings();
  removeSecrets();
  if (!read.ok) fail(...read.faults);
  const { settings } = read;
  const style = logStyle(settings, Deno.stdout.isTerminal());
  const log = createLog({ clock: systemClock, sink: console.log, ...style })
    .with({ process: "worker" });
  log.info("settings", read.shown);
  const credential = settings.workerCredential ??
    fail("Cannot start the worker: FARPAD_WORKER_CREDENTIAL is not set");
  const iceAddresses = await iceAddressesOf(settings.iceAddresses)
    .catch((error) => fail(errorText(error)));
  // Before the first write, because a temporary file with this process's id counts as left by an earlier process.
  await removeAllLeftovers(resolve(settings.data));
  await start({ settings, credential, iceAddresses, log });
  collectGarbage();
}

async function start(
  { settings, credential, iceAddresses, log }: {
    settings: WorkerSettings;
    credential: string;
    iceAddresses: readonly string[];
    log: Log;
  },
): Promise<void> {
  const data = resolve(settings.data);
  const storage = new StorageWatch({ clock: systemClock, log, probe: () => probeFolder(data) });
  void storage.check();
  const roomMemory = new Map<number, number>();
  const readLoad = createMachineLoad(roomMemory);
  const childFiles = openChildFiles({ ...ports, log, folder: join(data, "processes") });
  const startChild = childStarter({ log, files: childFiles });
  const stills = new Stills(ports);
  let covers: OpenedCovers | undefined;
  // The library and the HTTP server are there some seconds before the worker, while hardware is tried.
  let worker: ReturnType<typeof createWorker> | undefined = undefined;
  const library = await openLibrary({
    ...ports,
    log,
    roms: resolve(settings.roms),
    cores: settings.cores,
    data,
    changed: () => {
      worker?.libraryChanged();
      covers?.follow();
    },
  });
  const tickets = new Tickets(ports);
  const store = await openStore(settings, {
    ...ports,
    log,
    folder: savesFolder(settings),
    memory: { sram: join(data, "sram"), notes: join(data, "memory_notes") },
  });
  const savedApps = store.id === undefined
    ? await readSavedApps(store.room.savesFolder, systemClock)
    : undefined;
  const media = new MediaSockets({
    clock: systemClock,
    tickets,
    connect: (target, listener) => worker?.connect(target, listener),
  });
  const recordings = await openRecordings(settings, { folder: join(data, "recordings"), log });
  const files = recordings && new FileServer(systemClock, recordings);
  const uploads = recordings && new UploadServer(systemClock, recordings.uploads);
  const http = bind(settings, {
    log,
    health: () => ({
      status: storage.trouble ? "degraded" : "ok",
      ...(storage.trouble && { storage: storage.trouble.reason }),
      version: VERSION,
      rooms: worker?.rooms ?? { running: 0, free: 0 },
    }),
    media: (request) => media.accept(request),
    ...(files && { files: (message, response) => files.answer(message, response) }),
    pictures: pictureServer((name) => findPicture(name, { stills, covers })),
    ...(uploads && { uploads: (message, response) => uploads.answer(message, response) }),
  });
  const addresses = addressesOf(settings, http);
  const sandbox = await openSandbox({
    folders: settings,
    runtime: Deno.execPath(),
    cache: cacheFolder(),
    log,
  });
  const permissions = roomPermissions(settings);
  const hardware = await chooseHardware({
    wish: settings.encoder,
    log,
    findDevices,
    attempt: hardwareTrials({ clock: systemClock, permissions, sandbox }),
  });
  const base = baseOf(addresses);
  if (settings.covers && base !== undefined) {
    covers = await openCovers({
      ...ports,
      log,
      library,
      folder: join(data, "covers"),
      base,
      permissions: coverPermissions(settings),
      sandbox,
      isAtRest: () => worker?.played === 0,
      changed: () => worker?.libraryChanged(),
    });
  }
  const opened = worker = createWorker({
    ...ports,
    log,
    coordinator: settings.coordinator,
    identity: {
      worker_id: settings.workerId ?? defaultWorkerId(),
      credential,
      instance: newId(ports),
      name: settings.workerName,
      zone: settings.zone,
      ...addresses,
      capacity: settings.capacity,
      system_folder: toPlainText(systemFolderOf(data), 400),
      ...(store.id !== undefined && { saves_store: store.id }),
      versions: { farpad: VERSION, runtime: Deno.version.deno },
    },
    library: covers?.library ?? library,
    ...(base !== undefined && {
      stills: { all: stills, addressOf: (name) => base + picturePath(name) },
    }),
    starting: () => covers?.yield(),
    tickets,
    room: {
      extraAddresses: iceAddresses,
      ...(!settings.iceInterfaces && { onlyExtraAddresses: true }),
      ...(settings.udpPorts && { portRange: settings.udpPorts }),
      targetHeight: settings.videoHeight,
      ...(hardware && { hardware }),
      ...store.room,
      ...(recordings && {
        recordings: { longest: settings.recordingMinutes * 60_000 },
      }),
    },
    ...(recordings && { recordings }),
    savedApps,
    startRoom: store.start(roomProcesses({
      clock: systemClock,
      log,
      memory: roomMemory,
      startChild,
      permissions,
      sandbox: hardware ? withDevices(sandbox, DEVICES[hardware].nodes) : sandbox,
      logStyle: logStyle(settings, Deno.stdout.isTerminal()),
      prefer: openPriority(log),
    })),
    startEgress: egressProcesses({
      startChild,
      permissions: egressPermissions(settings),
      allowedHosts: settings.allowedHosts,
    }),
    isPortFree: (port) => isUdpPortFree(ingestAddressOf(settings.ingestHost), port),
    ingest: {
      // A device could resolve `localhost` to the other address family.
      host: settings.ingestHost === "localhost" ? "127.0.0.1" : settings.ingestHost,
      address: ingestAddressOf(settings.ingestHost),
      portRange: settings.ingestPorts,
      patience: settings.ingestPatience,
      v3xctrl: settings.ingestV3xctrl,
    },
    load: () => ({ ...readLoad(), ...(storage.trouble && { storage: storage.trouble.reason }) }),
  });
  shutDown = async (why) => {
    log.info("stopping", { why });
    await Promise.race([opened.closeRooms(), sleep(systemClock, CLOSE_LIMIT)]);
    opened[Symbol.dispose]();
    media[Symbol.dispose]();
    recordings?.[Symbol.dispose]();
    await Promise.race([store.closed(), sleep(systemClock, CLOSE_LIMIT)]);
    store[Symbol.dispose]();
    covers?.[Symbol.dispose]();
    childFiles?.[Symbol.dispose]();
    await sleep(systemClock, FLUSH);
  };
}

/** Opens the recordings of this worker; `undefined` where it keeps none, or their folder cannot be used. */
async function openRecordings(
  { recordingSpace, recordingDays: days, recordingMinutes }: WorkerSettings,
  { folder, log }: { readonly folder: string; readonly log: Log },
): Promise<Recordings | undefined> {
  if (recordingSpace === 0) return undefined;
  const limits = { space: recordingSpace * 1_000_000, days, longest: recordingMinutes * 60_000 };
  const recordings = new Recordings({ ...ports, log, folder, limits });
  try {
    await recordings.load();
    return recordings;
  } catch (error) {
    recordings[Symbol.dispose]();
    log.error("nothing is recorded: the folder of recordings cannot be used", { folder, error });
    return undefined;
  }
}

/**
 * Where browsers reach the HTTP port. A worker that listens on all addresses is reached where a setting says: browsers
 * need one address.
 */
function addressesOf(
  { pingUrl, mediaUrl, workerHost }: WorkerSettings,
  { port }: HttpServer,
): { ping_url?: string; media_url?: string } {
  const own = isEveryAddress(workerHost) ? undefined : `http://${hostInUrl(workerHost)}:${port}`;
  const ping_url = pingUrl ?? (own && `${own}/ping`);
  // A proxy that passes one path on passes its neighbour on too.
  const beside = ping_url?.match(/^(.*)\/ping$/)?.[1];
  const media_url = mediaUrl ?? (beside === undefined ? undefined : beside + MEDIA_PATH);
  return { ...(ping_url && { ping_url }), ...(media_url && { media_url }) };
}

/**
 * Removes temporary files of earlier processes from the data folder and from the folders that rooms write to, and what
 * belongs to sessions of earlier processes, which no player can load any more.
 */
async function removeAllLeftovers(data: string): Promise<void> {
  const kinds = ["saves", "sram", "memory_notes"].map((name) => foldersIn(join(data, name)));
  const owners = (await Promise.all(kinds)).flat();
  const isOfSession = (folder: string) => basename(folder).startsWith("ses_");
  for (const folder of owners.filter(isOfSession)) await Deno.remove(folder, { recursive: true });
  const kept = owners.filter((folder) => !isOfSession(folder));
  const apps = (await Promise.all(kept.map(foldersIn))).flat();
  for (const folder of [data, ...kept, ...apps]) await removeLeftovers(folder);
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(folder, name));
}

function bind(
  { workerHost: hostname, workerPort: port }: WorkerSettings,
  options: Pick<HttpServerOptions, "log" | "health" | "media" | "files" | "pictures" | "uploads">,
): HttpServer {
  try {
    return serveHttp({ ...options, hostname, port, clock: systemClock });
  } catch (error) {
    return fail(
      `Cannot listen on ${hostInUrl(hostname)}:${port}: ${errorText(error)}. ` +
        "Choose another address with FARPAD_WORKER_HOST and FARPAD_WORKER_PORT",
    );
  }
}

function fail(...faults: readonly string[]): never {
  for (const fault of faults) console.error(fault);
  Deno.exit(1);
}

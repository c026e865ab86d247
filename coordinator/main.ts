/**
 * The coordinator process: reads its settings, opens its data folder, serves, and shuts down in order.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { sleep, systemClock } from "../protocol/clock.ts";
import { writeDurably } from "../protocol/disk/durable_file.ts";
import { canonicalHost, isLoopbackHost } from "../protocol/addresses/hosts.ts";
import { systemResolve } from "../protocol/addresses/system_resolve.ts";
import { storageReason } from "../protocol/disk/storage_fault.ts";
import { probeFolder, StorageWatch } from "../protocol/disk/storage_watch.ts";
import { errorText } from "../protocol/error_text.ts";
import { createLog, type Log, logStyle } from "../protocol/log.ts";
import { whenParentGone } from "../protocol/process/parent.ts";
import { collectGarbage } from "../protocol/process/small_memory.ts";
import { systemRandom } from "../protocol/random.ts";
import { createPost } from "./adapters/http_post.ts";
import { createLocalBus } from "./adapters/local_bus.ts";
import { createLocalLease } from "./adapters/local_lease.ts";
import { createOidcProvider } from "./adapters/oidc_provider.ts";
import { openSqliteStore } from "./adapters/sqlite_store.ts";
import { createApp } from "./app.ts";
import { type CoordinatorSettings, readCoordinatorSettings } from "./config.ts";
import { type Control, openControl } from "./control.ts";
import {
  credentialFile,
  DEMO_CAR,
  DEMO_ENROLLMENT,
  folderFault,
  openDataFolder,
  openResumeKey,
} from "./secrets/data_folder.ts";
import { removeAddress, writeAddress } from "./listen/address_file.ts";
import type { CarHost } from "./fleet/demo_car.ts";
import { addFleetGauges } from "./fleet/gauges.ts";
import { openKeys } from "./secrets/key_folder.ts";
import { openTls } from "./secrets/tls.ts";
import type { SingleSignOnOptions } from "./sign_in/single_sign_on.ts";
import { WorkerCredentials } from "./secrets/worker_credentials.ts";
import { poolLimits } from "./listen/connection_pool.ts";
import { listen, type Server } from "./server.ts";
import { StoreFault } from "./ports.ts";
import { startLines, workerLine } from "./start_text.ts";
import { createServices, type Services } from "./services.ts";

/** Time after which clients reconnect, in milliseconds. */
const RECONNECT_AFTER = 1_000;
/** Longest time of the shutdown, in milliseconds. */
const SHUTDOWN_LIMIT = 3_000;
/** A new database with its journal needs less, in bytes. */
const DATABASE_SPACE = 512 * 1024;

const ports = { clock: systemClock, random: systemRandom };

/** Ends the process in order. Does nothing before the coordinator serves. */
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
  const read = readCoordinatorSettings();
  if (!read.ok) return fail(...read.faults);
  const { settings } = read;
  const style = logStyle(settings, Deno.stderr.isTerminal());
  const log = createLog({ clock: systemClock, sink: console.error, ...style })
    .with({ process: "coordinator" });
  log.info("settings", read.shown);
  try {
    const services = await open(settings, log);
    const control = await openControlPlane(services, settings);
    const app = createApp(services, settings);
    const tls = await openTls(settings, ports);
    const { clock, metrics } = services;
    const connections = poolLimits(settings.maxConnections);
    const server = listen(app, { ...settings, tls, connections, clock, log, metrics });
    if ("error" in server) return fail(server.error);
    shutDown = (signal) => closeAll({ server, services, settings, signal });
    const { host, publicUrl = `${server.url}/` } = settings;
    if (!publicUrl.startsWith("https:") && !isLoopbackHost(host)) {
      log.warn("no HTTPS: away from this machine browsers allow no gamepad", { host });
    }
    const started = {
      ...{ url: publicUrl.replace(/\/$/, ""), host, interfaces: interfaceAddresses() },
      setup: await control.invitations.setupToken(),
    };
    for (const line of startLines(started)) console.log(line);
    printFirstWorker(services, control);
    await writeAddress(resolve(settings.data), { pid: Deno.pid, url: server.localUrl });
    collectGarbage();
  } catch (error) {
    fail(errorText(await startFault(error, resolve(settings.data))));
  }
}

/**
 * The fault to print. An error of the file system without a sentence of its own comes from a file of the data folder.
 * SQLite reports a nearly full disk as an I/O error, so a larger file is tried there.
 */
async function startFault(error: unknown, folder: string): Promise<unknown> {
  if (error instanceof StoreFault && error.reason === "failed") {
    return await probeFolder(folder, DATABASE_SPACE).then(
      () => error,
      (e) => folderFault(folder, e),
    );
  }
  const isBare = error instanceof Error && error.cause === undefined;
  return isBare && storageReason(error) !== "failed" ? folderFault(folder, error) : error;
}

async function open(settings: CoordinatorSettings, log: Log): Promise<Services> {
  const data = resolve(settings.data);
  const { stun, turnUrls, turnSecret, workerCredential, publicUrl, origins } = settings;
  // Held until the process ends.
  await openDataFolder(data);
  return createServices({
    ...ports,
    log,
    ice: { stun, turnUrls, turnSecret },
    limits: {
      maxPerAddress: settings.maxSockets,
      perSecond: settings.socketRate,
      origins: publicUrl === undefined ? origins : [...origins, new URL(publicUrl).origin],
      localOnly: isLoopbackHost(settings.host),
      onDefaultPort: settings.port === 80 || settings.port === 443,
    },
    resumeKey: await openResumeKey(data, systemRandom),
    credentials: new WorkerCredentials({
      file: credentialFile(data),
      passed: workerCredential === undefined ? [] : [workerCredential],
      ...ports,
    }),
  });
}

async function openControlPlane(
  services: Services,
  settings: CoordinatorSettings,
): Promise<Control> {
  const { allowedHosts, demo } = settings;
  const folder = resolve(settings.data);
  const { signing, sealing } = await openKeys(folder, systemRandom);
  const store = openSqliteStore(join(folder, "farpad.db"), () => void storage.check());
  const storage = new StorageWatch({
    clock: systemClock,
    log: services.log,
    async probe() {
      await probeFolder(folder);
      await store.probe();
    },
  });
  const control = await openControl({
    ...{ ...ports, log: services.log, store, storage },
    bus: createLocalBus(),
    lease: createLocalLease(systemClock),
    workers: services.workers,
    credentials: services.credentials,
    recordings: services.recordings,
    rights: services.rights,
    figures: services.figures,
    signingKey: signing,
    sealingKey: sealing,
    urlRules: { resolve: systemResolve, allowed: allowedHosts },
    post: createPost(systemClock),
    singleSignOn: singleSignOnOf(settings),
    loopback: isLocal(settings),
    ...(demo && {
      demo: (token) => writeDurably(join(folder, DEMO_ENROLLMENT), token),
      demoCar: carHost(join(folder, DEMO_CAR)),
    }),
  });
  services.attach(control);
  addFleetGauges(services.metrics, control);
  return control;
}

/** Has the device of the demonstration car started and ended by `npm start`, which looks for this file. */
function carHost(path: string): CarHost {
  return {
    start: (token) => writeDurably(path, token ?? ""),
    end: () => Deno.remove(path).catch(() => {}),
  };
}

/** Shuts down in order. Rooms and streams go on, because their media does not pass through the coordinator. */
async function closeAll(
  { server, services, settings, signal }: {
    server: Server;
    services: Services;
    settings: CoordinatorSettings;
    signal: string;
  },
): Promise<void> {
  services.log.info("going down", { signal, sockets: services.sockets.size });
  removeAddress(resolve(settings.data), Deno.pid);
  const limit = sleep(systemClock, SHUTDOWN_LIMIT);
  // The sockets are closed first, because `server.shutdown` closes them without the time to reconnect.
  const closed = services.sockets.drain(RECONNECT_AFTER).then(() => server.shutdown());
  await Promise.race([closed, limit]);
  services[Symbol.dispose]();
}

/** The sign-in provider; `undefined` where none is set. */
function singleSignOnOf(settings: CoordinatorSettings): SingleSignOnOptions | undefined {
  const { oidcIssuer, oidcClientId, oidcSecret, oidcScopes, oidcGroupsClaim } = settings;
  if (oidcIssuer === undefined || oidcClientId === undefined) return undefined;
  const provider = createOidcProvider({
    issuer: oidcIssuer,
    clientId: oidcClientId,
    clientSecret: oidcSecret,
    scopes: oidcScopes,
    groupsClaim: oidcGroupsClaim,
    rules: { resolve: systemResolve, allowed: settings.allowedHosts },
  });
  return { provider, name: settings.oidcName, groups: settings.oidcGroups };
}

/** Whether only this machine can reach the coordinator: its listening address and all its public names are loopback. */
function isLocal({ host, publicUrl, origins }: CoordinatorSettings): boolean {
  const names = [...origins, ...(publicUrl === undefined ? [] : [publicUrl])]
    .map((each) => canonicalHost(new URL(each).hostname) ?? "");
  return [host, ...names].every(isLoopbackHost);
}

function interfaceAddresses(): string[] {
  // Permissions that were given by hand may lack this one.
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" });
  return state === "granted" ? Deno.networkInterfaces().map(({ address }) => address) : [];
}

/** Prints the line of the first worker once it is connected. */
function printFirstWorker({ workers }: Services, { bus }: Control): void {
  const waiting = bus.subscribe(({ type }) => {
    const worker = type === "worker" && workers.views().find(({ state }) => state === "online");
    if (!worker) return;
    waiting[Symbol.dispose]();
    const { name, apps, capacity } = worker.hello;
    const atTerminal = Deno.stdout.isTerminal();
    console.log(workerLine({ name, games: apps.length, places: capacity, atTerminal }));
  });
}

function fail(...faults: readonly string[]): void {
  for (const fault of faults) console.error(fault);
  Deno.exit(1);
}

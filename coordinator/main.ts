/**
 * The coordinator process: reads its settings, opens its data folder, serves, and goes down in good order.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { sleep, systemClock } from "../protocol/clock.ts";
import { writeDurably } from "../protocol/disk/durable_file.ts";
import { createLog, type Log } from "../protocol/log.ts";
import { systemRandom } from "../protocol/random.ts";
import { describeSettings } from "../protocol/settings.ts";
import { systemResolve } from "./adapters/dns.ts";
import { createPost } from "./adapters/http_post.ts";
import { createLocalBus } from "./adapters/local_bus.ts";
import { createLocalLease } from "./adapters/local_lease.ts";
import { openSqliteStore } from "./adapters/sqlite_store.ts";
import { createApp } from "./app.ts";
import {
  COORDINATOR_SETTINGS,
  type CoordinatorSettings,
  readCoordinatorSettings,
} from "./config.ts";
import { type Control, openControl } from "./control.ts";
import {
  credentialFile,
  DEMO_ENROLLMENT,
  openDataFolder,
  openResumeKey,
} from "./secrets/data_folder.ts";
import { addFleetGauges } from "./fleet/gauges.ts";
import { openKeys } from "./secrets/key_folder.ts";
import { openTls } from "./secrets/tls.ts";
import { WorkerCredentials } from "./secrets/worker_credentials.ts";
import { isLoopback, isSecure, listen, type Server } from "./server.ts";
import { createServices, type Services } from "./services.ts";

/** When clients are asked to come back, in milliseconds. */
const COME_BACK = 1_000;
/** How long going down may take, in milliseconds. */
const FAREWELL = 3_000;

const ports = { clock: systemClock, random: systemRandom };

await run();

async function run(): Promise<void> {
  const read = readCoordinatorSettings();
  if (!read.ok) return fail(...read.faults);
  const { settings } = read;
  const log = createLog({ clock: systemClock, sink: console.error, level: settings.logLevel })
    .with({ process: "coordinator" });
  log.info("settings", describeSettings(COORDINATOR_SETTINGS, settings));
  try {
    const services = await open(settings, log);
    const control = await openControlPlane(services, settings);
    const app = createApp(services, settings);
    const { host, port, trustProxy } = settings;
    const tls = await openTls(settings, ports);
    const server = listen(app, { host, port, tls, trustProxy });
    if ("error" in server) return fail(server.error);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => void goDown({ server, services, signal }));
    }
    if (!tls && !isLoopback(host)) {
      log.warn("no HTTPS: away from this machine browsers allow no gamepad", { host });
    }
    console.log(`Farpad is at ${server.url}`);
    const setup = await control.invitations.setupToken();
    if (setup) {
      console.log(`Create the first administrator: ${server.url}/operator/setup#token=${setup}`);
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

async function open(settings: CoordinatorSettings, log: Log): Promise<Services> {
  const data = resolve(settings.data);
  const { stun, turnUrls, turnSecret, workerCredential } = settings;
  await openDataFolder(data);
  return createServices({
    ...ports,
    log,
    ice: { stun, turnUrls, turnSecret },
    limits: {
      maxPerAddress: settings.maxSockets,
      perSecond: settings.socketRate,
      origins: settings.origins,
      hosts: isLoopback(settings.host) ? ["localhost", "127.0.0.1", "[::1]"] : undefined,
    },
    resumeKey: await openResumeKey(data, systemRandom),
    credentials: new WorkerCredentials({
      file: credentialFile(data),
      passed: workerCredential === undefined ? [] : [workerCredential],
      random: systemRandom,
    }),
  });
}

async function openControlPlane(
  services: Services,
  { data, host, allowedHosts, trustProxy, demo }: CoordinatorSettings,
): Promise<Control> {
  const folder = resolve(data);
  const { signing, sealing } = await openKeys(folder, systemRandom);
  const control = await openControl({
    ...ports,
    log: services.log,
    store: openSqliteStore(join(folder, "farpad.db")),
    bus: createLocalBus(),
    lease: createLocalLease(systemClock),
    workers: services.workers,
    signingKey: signing,
    sealingKey: sealing,
    urlRules: { resolve: systemResolve, allowed: allowedHosts },
    post: createPost(systemClock),
    loopback: isLoopback(host),
    isSecure: (request) => isSecure(request, { trustProxy }),
    ...(demo && { demo: (token) => writeDurably(join(folder, DEMO_ENROLLMENT), token) }),
  });
  services.attach(control);
  addFleetGauges(services.metrics, control);
  return control;
}

/** Media goes on meanwhile: it does not pass through here. */
async function goDown(
  { server, services, signal }: { server: Server; services: Services; signal: string },
): Promise<void> {
  services.log.info("going down", { signal, sockets: services.sockets.size });
  const limit = sleep(systemClock, FAREWELL);
  // The sockets first: the server's own way of closing them tells nobody to come back.
  const closed = services.sockets.drain(COME_BACK).then(() => server.shutdown());
  await Promise.race([closed, limit]);
  services[Symbol.dispose]();
  Deno.exit(0);
}

function fail(...faults: readonly string[]): void {
  for (const fault of faults) console.error(fault);
  Deno.exit(1);
}

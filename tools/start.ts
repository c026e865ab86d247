/**
 * `npm start`: the whole of Farpad on one machine. Builds the pages when they are older than their sources, makes
 * the embedded worker a credential, starts the coordinator and then the worker, restarts what dies, and takes
 * all of it down again on Ctrl-C or SIGTERM.
 *
 * @module
 */
import { join } from "node:path";
import { DEMO_ENROLLMENT, readIfThere } from "../coordinator/secrets/data_folder.ts";
import { sleep, systemClock } from "../protocol/clock.ts";
import { randomHex, systemRandom } from "../protocol/random.ts";
import {
  agentChild,
  coordinatorChild,
  demoFolder,
  type LaunchSettings,
  launchSettings,
  workerChild,
} from "./start/children.ts";
import { type Child, supervise } from "./start/supervisor.ts";
import { buildWeb } from "./web_build.ts";

/** How often the launcher looks whether there is a demonstration device, in milliseconds. */
const DEMO_LOOK = 1_000;
/** How long the coordinator may take to answer its first health check, in milliseconds. */
const READY_LIMIT = 20_000;

await main();

async function main(): Promise<void> {
  await buildWeb();
  const settings = launchSettings(Deno.env.toObject(), randomHex(systemRandom, 32));
  const coordinator = supervise(coordinatorChild(settings), {
    clock: systemClock,
    random: systemRandom,
  });
  const children = [coordinator];
  const stop = async (code: number) => {
    await Promise.all(children.map((child) => child.stop()));
    Deno.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void stop(0));
  }
  coordinator.gaveUp.then((code) => stop(code));
  await ready(settings);
  const worker = supervise(workerChild(settings), { clock: systemClock, random: systemRandom });
  children.push(worker);
  worker.gaveUp.then((code) => stop(code));
  const demo = await demoAgent(settings);
  children.push(supervise(demo, { clock: systemClock, random: systemRandom }));
}

/** Waits until there is a demonstration device: it was enrolled before, or the first administrator just came. */
async function demoAgent(settings: LaunchSettings): Promise<Child> {
  const identity = join(demoFolder(settings), "identity.json");
  const token = join(settings.env.FARPAD_DATA!, DEMO_ENROLLMENT);
  while (true) {
    const enrollment = readIfThere(token)?.trim();
    if (enrollment || readIfThere(identity)) return agentChild(settings, enrollment);
    await sleep(systemClock, DEMO_LOOK);
  }
}

/** Resolves when the coordinator answers; its own words say why when it does not. */
async function ready({ url }: LaunchSettings): Promise<void> {
  const deadline = systemClock.now() + READY_LIMIT;
  while (systemClock.now() < deadline) {
    if (await answers(`${url}/healthz`)) return;
    await sleep(systemClock, 50);
  }
}

/** Any answer will do: a certificate this machine does not know also proves that somebody listens. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch (error) {
    return String(error).includes("certificate");
  }
}

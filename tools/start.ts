/**
 * `npm start`: the whole of Farpad on one machine. Reads the settings, builds the pages when they are older than
 * their sources, starts the coordinator and then a worker beside it, starts again a process that ends, and stops
 * all of them on Ctrl-C or SIGTERM.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readAddress } from "../coordinator/listen/address_file.ts";
import { DEMO_CAR, DEMO_ENROLLMENT, readIfThere } from "../coordinator/secrets/data_folder.ts";
import { sleep, systemClock } from "../protocol/clock.ts";
import { errorText } from "../protocol/error_text.ts";
import { randomHex, systemRandom } from "../protocol/random.ts";
import {
  agentChild,
  atAddress,
  carChild,
  coordinatorChild,
  demoFolder,
  type LaunchSettings,
  readLaunch,
  workerChild,
} from "./start/children.ts";
import { helpText } from "./start/help.ts";
import { type Processes, superviseAll } from "./start/processes.ts";
import type { Supervised } from "./start/supervisor.ts";
import { buildWeb } from "./web_build.ts";

/** Period of the checks for a demonstration device, in milliseconds. */
const DEMO_PERIOD = 1_000;
/** Period of the checks whether the demonstration car is to run, in milliseconds. */
const CAR_PERIOD = 250;
/** The first of 20,000 UDP ports from which those of the demonstration car are chosen. */
const CAR_PORTS = 20_000;
/** Period of the checks for the coordinator's address, in milliseconds. */
const ADDRESS_PERIOD = 20;

await main();

async function main(): Promise<void> {
  if (Deno.args.some((argument) => argument === "--help" || argument === "-h")) {
    return console.log(helpText());
  }
  const credential = randomHex(systemRandom, 32);
  const read = readLaunch({ env: Deno.env.toObject(), flags: Deno.args, credential });
  if (!read.ok) {
    for (const fault of read.faults) console.error(fault);
    return Deno.exit(1);
  }
  for (const name of read.launch.unknown) {
    console.error(
      `Ignored ${name} in the environment: it names no setting. See npm start -- --help`,
    );
  }
  const processes = superviseAll({ clock: systemClock, random: systemRandom });
  try {
    await buildWeb();
  } catch (error) {
    console.error(errorText(error));
    return Deno.exit(1);
  }
  let launch = read.launch;
  let isUp = false;
  const coordinator = processes.start(() => coordinatorChild(launch), { wasUp: () => isUp });
  // Nothing dials the port before the coordinator has written its address, because another program may answer at
  // that port.
  launch = atAddress(launch, await addressOf(coordinator, launch));
  isUp = true;
  processes.start(() => workerChild(launch));
  void runCar(launch, processes);
  const enrollment = await demoEnrollment(launch);
  processes.start(() => agentChild(launch, enrollment), { optional: true });
}

/** Waits until the coordinator has written its address into the data folder. */
async function addressOf(coordinator: Supervised, { env }: LaunchSettings): Promise<string> {
  while (true) {
    const { pid } = coordinator;
    const address = pid === undefined ? undefined : readAddress(env.FARPAD_DATA!, pid);
    if (address) return address.url;
    await sleep(systemClock, ADDRESS_PERIOD);
  }
}

/** Runs the agent of the demonstration car while the coordinator's file for it is there. */
async function runCar(launch: LaunchSettings, processes: Processes): Promise<void> {
  const path = join(launch.env.FARPAD_DATA!, DEMO_CAR);
  let car: Supervised | undefined;
  while (true) {
    // Reading a file that is not there would make an error each time, which is memory.
    const token = existsSync(path) ? readIfThere(path) : undefined;
    if (token !== undefined && !car) {
      const enrollment = token.trim() || undefined;
      car = processes.start(() => carChild(launch, { enrollment, ports: carPorts() }), {
        optional: true,
      });
    } else if (token === undefined && car) {
      await car.stop();
      car = undefined;
    }
    await sleep(systemClock, CAR_PERIOD);
  }
}

/** Two ports at random, because this program may open none to find free ones. A taken one ends the stream in words. */
function carPorts(): readonly [number, number] {
  const first = CAR_PORTS + Math.floor(systemRandom.unit() * CAR_PORTS / 2);
  return [first, first + CAR_PORTS / 2];
}

/** Waits until there is a demonstration device; its token, unless it was enrolled before. */
async function demoEnrollment(launch: LaunchSettings): Promise<string | undefined> {
  const identity = join(demoFolder(launch), "identity.json");
  const token = join(launch.env.FARPAD_DATA!, DEMO_ENROLLMENT);
  while (true) {
    const enrollment = existsSync(token) ? readIfThere(token)?.trim() : undefined;
    if (enrollment || existsSync(identity)) return enrollment;
    await sleep(systemClock, DEMO_PERIOD);
  }
}

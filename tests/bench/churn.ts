/**
 * Starts and kills room and egress processes as a worker does, and counts what is left: `churn 200` for 200 of each.
 * Each room receives a field stream, so it holds a UDP port and native threads.
 *
 * @module
 */
import { sleep, systemClock } from "../../protocol/clock.ts";
import { AppId, DestinationId, StreamId } from "../../protocol/ids.ts";
import { createLog } from "../../protocol/log.ts";
import { childStarter, openChildFiles } from "../../protocol/process/child.ts";
import { systemRandom } from "../../protocol/random.ts";
import { cacheFolder } from "../../worker/config.ts";
import { egressProcesses } from "../../worker/ingest/egress/process.ts";
import { egressPermissions, roomPermissions } from "../../worker/isolation/permissions.ts";
import { roomProcesses } from "../../worker/room_process.ts";
import { openSandbox } from "../../worker/isolation/sandbox.ts";
import { isRunning } from "../support/endurance/process_tree.ts";
import { childrenOf } from "../support/stack/processes.ts";
import { until } from "../support/media/werift_browser.ts";

/** Rooms that run at once. */
const AT_ONCE = 4;
/** Time for the runtime to close the pipes of children that ended, in milliseconds. */
const SETTLE = 1_000;
/** Files of a program without children: its own lock. */
const OWN_FILES = 1;
const FIRST_PORT = 15_300;
const LAST_PORT = 15_398;
const app = {
  app_id: AppId.parse("live"),
  title: "Live",
  kind: "live",
  system: "Camera",
  players: 0,
} as const;

/** Runs the benchmark: the number of processes, descriptors, sockets, ports and files before and after. */
export async function churn([count = "200"]: readonly string[]): Promise<Record<string, number>> {
  const folder = await Deno.makeTempDir();
  const folders = { data: folder, roms: folder, cores: [] };
  const log = createLog({ clock: systemClock, sink: console.log, level: "warn" });
  const files = openChildFiles({
    folder: `${folder}/processes`,
    log,
    clock: systemClock,
    random: systemRandom,
  });
  const startChild = childStarter({ log, files });
  const sandbox = await openSandbox({
    folders,
    runtime: Deno.execPath(),
    cache: cacheFolder(),
    log,
  });
  const startRoom = roomProcesses({
    clock: systemClock,
    startChild,
    permissions: roomPermissions(folders),
    sandbox,
  });
  const startEgress = egressProcesses({
    startChild,
    permissions: egressPermissions(folders),
    allowedHosts: ["127.0.0.1"],
  });

  /** Rooms that ended before their port was bound. */
  let endedFirst = 0;
  // The first start opens what the runtime then keeps.
  await startAndKill(0);
  const before = await settled(folder);
  for (let started = 0; started < Number(count); started += AT_ONCE) {
    const now = Math.min(AT_ONCE, Number(count) - started);
    await Promise.all(Array.from({ length: now }, (_, n) => startAndKill(n)));
  }
  const after = await settled(folder);
  files?.[Symbol.dispose]();
  await Deno.remove(folder, { recursive: true });
  return {
    rooms: Number(count),
    egresses: Number(count),
    rooms_ended_first: endedFirst,
    ...named(before, "before"),
    ...named(after, "after"),
  };

  /** Starts a room and an egress process, kills both once the room's port is bound, and waits for their end. */
  async function startAndKill(n: number): Promise<void> {
    const bound = Promise.withResolvers<void>();
    const room = startRoom({
      ready: () => {},
      message: () => {},
      live(event) {
        if (event.type === "failed") log.error("the room could not listen", { ...event });
        else bound.resolve();
      },
      packets: () => {},
      gone() {
        endedFirst += 1;
        bound.resolve();
      },
    });
    const egress = startEgress({
      destination_id: DestinationId.parse("d1"),
      url: `srt://127.0.0.1:${LAST_PORT + 1}`,
    }, { connected: () => {}, sent: () => {}, gone: () => {} });
    egress.write(new Uint8Array(188));
    room.send({
      type: "configure",
      settings: {
        roomId: `room_${n}`,
        workerId: "w1",
        zone: "here",
        extraAddresses: [],
        targetHeight: 1,
        savesFolder: folder,
      },
    });
    const port = FIRST_PORT + 20 * n;
    const stream = {
      stream_id: StreamId.parse("str_churn"),
      title: "Box 7",
      transport: "srt" as const,
      ports: [port],
      latency_ms: 60,
    };
    const portRange = [port, port + 18] as const;
    const spec = {
      kind: "ingest",
      stream,
      address: "127.0.0.1",
      portRange,
      patience: 300,
    } as const;
    room.send({ type: "ingest", app, spec });
    await bound.promise;
    room[Symbol.dispose]();
    egress[Symbol.dispose]();
    // A process that is ending still holds its port, which the next room needs.
    await until(() => room.pid === undefined || !isRunning(room.pid));
  }
}

interface Holdings {
  readonly processes: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly ports: number;
  readonly files: number;
}

/** The holdings once the killed processes are gone, or as they are after the limit of {@linkcode until}. */
async function settled(folder: string): Promise<Holdings> {
  await until(() => {
    const { processes, ports, files } = holdingsOf(folder);
    return processes === 0 && ports === 0 && files === OWN_FILES;
  }).catch(() => {});
  // The runtime closes its ends of a child's pipes after it has reported the end of the child.
  await sleep(systemClock, SETTLE);
  return holdingsOf(folder);
}

function holdingsOf(folder: string): Holdings {
  const descriptors = [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      // The descriptor by which the folder itself was read.
      return [];
    }
  });
  const table = Deno.readTextFileSync("/proc/net/udp");
  const bound = [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)]
    .map(([, port = ""]) => parseInt(port, 16));
  return {
    processes: childrenOf(Deno.pid).length,
    descriptors: descriptors.length,
    sockets: descriptors.filter((target) => target.startsWith("socket:")).length,
    ports: bound.filter((port) => port >= FIRST_PORT && port <= LAST_PORT).length,
    files: filesIn(folder),
  };
}

function filesIn(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce(
    (count, { name, isDirectory }) => count + (isDirectory ? filesIn(`${folder}/${name}`) : 1),
    0,
  );
}

function named(holdings: Holdings, when: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(holdings).map(([name, value]) => [`${name}_${when}`, value]),
  );
}

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
import { egressProcesses } from "../../worker/ingest/egress/process.ts";
import { boundPorts } from "../../worker/ingest/udp_ports.ts";
import { roomProcesses } from "../../worker/room_process.ts";
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
  const log = createLog({ clock: systemClock, sink: console.log, level: "warn" });
  const files = openChildFiles({ folder, log, clock: systemClock, random: systemRandom });
  const startChild = childStarter({ log, files });
  const startRoom = roomProcesses({ clock: systemClock, startChild });
  const startEgress = egressProcesses({ startChild, allowedHosts: ["127.0.0.1"] });

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
    ...named(before, "before"),
    ...named(after, "after"),
  };

  /** Starts a room and an egress process, and kills both once the room's port is bound. */
  async function startAndKill(n: number): Promise<void> {
    const bound = Promise.withResolvers<void>();
    const fail = (what: string) => bound.reject(new Error(what));
    using room = startRoom({
      ready: () => {},
      message: () => {},
      live: (event) => event.type === "bound" ? bound.resolve() : fail(JSON.stringify(event)),
      packets: () => {},
      gone: ({ how }) => fail(`A room process ended ${how}`),
    });
    using egress = startEgress({
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
  const bound = boundPorts(Deno.readTextFileSync("/proc/net/udp"));
  return {
    processes: childrenOf(Deno.pid).length,
    descriptors: descriptors.length,
    sockets: descriptors.filter((target) => target.startsWith("socket:")).length,
    ports: [...bound].filter((port) => port >= FIRST_PORT && port <= LAST_PORT).length,
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

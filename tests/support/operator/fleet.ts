/**
 * A lived-in fleet: the real coordinator on a memory store with a past, scripted workers and devices that connect,
 * and three quarters of a minute that pass before the scene. The same script gives the same fleet.
 *
 * @module
 */
import { recordingsAt } from "./recordings.ts";
import { createMemoryStore } from "../../../coordinator/adapters/memory_store.ts";
import { createSealer } from "../../../coordinator/secrets/seal.ts";
import type { EpochMillis } from "../../../protocol/clock.ts";
import { Room } from "../../../protocol/legs/room.ts";
import type { User } from "../../../protocol/rest/accounts.ts";
import type { FleetRoom, FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Alert } from "../../../protocol/rest/settings.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { type Bench, openBench, type Person, SEALING_KEY } from "../control/bench.ts";
import { createDeviceKey, type DeviceKey } from "../control/device.ts";
import { settle } from "../control/settle.ts";
import { ScriptedDevice } from "./scripted_device.ts";
import { type Received, ScriptedWorker, type WorkerFacts } from "./scripted_worker.ts";
import { PageMedia } from "./page_media.ts";
import { liveStreamId, partOf, senderId, writeFleet } from "./past.ts";
import { PASSWORD, PEOPLE, writePeople } from "./past_people.ts";

/** Seconds that pass before the scene: longer than the longest alert needs. */
const LIFE = 46;
/** Seconds before the scene at which the events of the fleet happen. */
const UNSEEN_FOR = 36;
const PICTURE_LOST_FOR = 40;
const WORKER_LOST_FOR = 20;
const START_ASKED_FOR = 6;
/** Devices that connect; the senders beyond stand in the store only. */
const CONNECTED = 40;

const WORKERS: readonly WorkerFacts[] = [
  { id: "wrk_fra1", zone: "frankfurt", places: 24, cpu: 61, lacksBios: true },
  { id: "wrk_fra2", zone: "frankfurt", places: 24, cpu: 12 },
  { id: "wrk_hel1", zone: "helsinki", places: 16, cpu: 34 },
  { id: "wrk_nyc1", zone: "new-york", places: 16, cpu: 78 },
  { id: "wrk_nyc2", zone: "new-york", places: 16, cpu: 22 },
];
const DRAINING = "wrk_nyc1";
/** Rooms of players, by title and worker. */
const GAMES: readonly (readonly [string, string])[] = [
  ["Paddle Duel", "wrk_fra1"],
  ["Nova Squadron", DRAINING],
  ["Mill Race", "wrk_nyc2"],
];

/** Hosts of the destinations: their names resolve to a public address. */
const HOSTS = [
  "wall.arena.example",
  "archive.example.org",
  "live.twitch.tv",
  "a.rtmps.youtube.com",
];

/** The fleet at the beginning of a scene. */
export interface FleetScript {
  /** `none`: no user exists. `empty`: users, and no fleet. */
  readonly fleet?: "busy" | "empty" | "none";
  /** How many senders the busy fleet has. */
  readonly senders?: number;
  /** Leaves out everything that needs attention. */
  readonly quiet?: boolean;
  /** When the scene begins, milliseconds since 1970. */
  readonly at?: number;
  /** Folder of the built pages. */
  readonly web?: string;
}

/** All that REST reports of a fleet. */
export interface FleetView {
  readonly senders: Sender[];
  readonly streams: Stream[];
  readonly workers: FleetWorker[];
  readonly rooms: FleetRoom[];
  readonly alerts: Alert[];
  readonly users: User[];
}

/** The REST answers of a busy fleet at a moment, milliseconds since 1970. */
export async function viewFleet(at: number): Promise<FleetView> {
  using fleet = await openFleet({ at });
  return await fleet.view();
}

export type LivedFleet = Awaited<ReturnType<typeof openFleet>>;

export async function openFleet(
  { fleet = "busy", senders = CONNECTED, quiet = false, at = 1_800_000_000_000, web = "-" }:
    FleetScript = {},
) {
  const clock = new FakeClock({ epoch: at - LIFE * 1_000 });
  const now = at as EpochMillis;
  const store = createMemoryStore();
  const busy = fleet === "busy";
  const keys = busy
    ? await Promise.all(Array.from({ length: CONNECTED }, () => createDeviceKey()))
    : [];
  if (fleet !== "none") await writePeople(store, now);
  if (busy) {
    const sealer = createSealer(SEALING_KEY, new SeededRandom(5));
    const publicKeys = keys.map(({ publicKey }) => publicKey);
    const past = { now, count: senders, keys: publicKeys, seal: sealer.seal, quiet };
    await writeFleet(store, past);
  }
  const bench = await openBench({ store, clock, web });
  for (const host of HOSTS) bench.world.names.set(host, ["203.0.114.9"]);
  if (busy) await saveWebhook(bench);
  const media = new PageMedia();
  const workers = busy ? await connectWorkers(bench, { media, at, quiet }) : [];
  workers[0]?.showRecordings(recordingsAt(at));
  if (busy) await drain(bench);
  const devices = busy ? await connectDevices(bench, { keys, senders, quiet }) : [];

  /** Sends the reports of all devices and workers that are due at this moment. */
  function report(): void {
    for (const each of [...workers, ...devices]) each.report(clock.epoch());
  }

  async function live(): Promise<void> {
    for (let left = LIFE; left > 0; left--) {
      if (left === UNSEEN_FOR && !quiet) devices[17]?.drop();
      if (left === WORKER_LOST_FOR && !quiet) workers[1]?.drop();
      if (left === START_ASKED_FOR && !quiet && devices[9]) await askForStart(bench, devices[9]);
      report();
      await clock.run(1_000);
      await settle();
    }
    report();
    await settle();
  }
  await live();

  return {
    ...{ bench, clock, media, workers, devices, report },

    signIn: (who: keyof typeof PEOPLE) => signIn(bench, who),

    /** The fleet as REST reports it. */
    async view(): Promise<FleetView> {
      const as = await signIn(bench, "ada");
      const list = async (path: string) => (await bench.http("GET", path, { as })).body.items;
      return {
        senders: await list("/api/senders?limit=200"),
        streams: await list("/api/streams?state=all&limit=200"),
        workers: await list("/api/fleet/workers"),
        rooms: await list("/api/fleet/rooms"),
        alerts: await list("/api/alerts?state=all"),
        users: await list("/api/users"),
      };
    },

    [Symbol.dispose](): void {
      media[Symbol.dispose]();
      bench[Symbol.dispose]();
    },
  };
}

async function signIn(bench: Bench, who: keyof typeof PEOPLE): Promise<Person> {
  const body = { email: PEOPLE[who], password: PASSWORD };
  return bench.personOf(await bench.http("POST", "/api/auth/login", { body }));
}

async function connectWorkers(
  bench: Bench,
  { media, at, quiet }: { media: PageMedia; at: number; quiet: boolean },
): Promise<ScriptedWorker[]> {
  const rows = await bench.store.streams.list({ where: { active: "1" } });
  const received = rows.map((row): Received & { worker_id: string } => ({
    ...row,
    title: row.sender_name,
    ...{ room_id: row.room_id ?? "", app_id: row.app_id ?? "", worker_id: row.worker_id ?? "" },
    ...(row.stream_id === liveStreamId(3) && !quiet
      ? { pictureLostAt: at - PICTURE_LOST_FOR * 1_000 }
      : {}),
    ...(row.stream_id === liveStreamId(17) && !quiet
      ? { pictureLostAt: at - UNSEEN_FOR * 1_000 }
      : {}),
  }));
  const workers = WORKERS.map((facts) =>
    new ScriptedWorker(bench, {
      facts,
      media,
      games: GAMES.flatMap(([title, worker], n) =>
        worker === facts.id ? [gameRoom({ n, title, facts, at })] : []
      ),
      received: received.filter(({ worker_id }) => worker_id === facts.id),
    })
  );
  for (const worker of workers) worker.connect();
  await settle();
  return workers;
}

function gameRoom(
  { n, title, facts, at }: { n: number; title: string; facts: WorkerFacts; at: number },
): Room {
  return Room.parse({
    ...{ room_id: `room_game${n}`, app_id: "paddle-duel", title, worker_id: facts.id },
    ...{ zone: facts.zone, state: "open", paused: n === 1, viewers: [4, 1, 2][n] },
    seats: [0, 1].map((seat) => ({
      seat,
      connected: seat === 0 || n === 0,
      ...(seat === 0 || n < 2 ? { session_id: `ses_${n}${seat}` } : {}),
    })),
    ...{ width: 256, height: 240, frame_rate: 60, aspect: 4 / 3 },
    opened_at: at - (n + 1) * 660_000,
  });
}

async function connectDevices(
  bench: Bench,
  { keys, senders, quiet }: { keys: readonly DeviceKey[]; senders: number; quiet: boolean },
): Promise<ScriptedDevice[]> {
  const devices: ScriptedDevice[] = [];
  for (let index = 0; index < Math.min(senders, keys.length); index++) {
    const id = senderId(index);
    const stream = (await bench.store.streams.list({ where: { sender_id: id, active: "1" } }))[0];
    const device = new ScriptedDevice(bench, { id, index, key: keys[index]!, stream });
    devices.push(device);
    const part = partOf(index);
    if (part === "invited" || (part === "offline" && !quiet)) continue;
    await device.connect();
  }
  return devices;
}

async function drain(bench: Bench): Promise<void> {
  const as = await signIn(bench, "ada");
  await bench.http("POST", `/api/fleet/workers/${DRAINING}/drain`, { as, body: {} });
}

/** Alerts are posted to a webhook that answers. */
async function saveWebhook(bench: Bench): Promise<void> {
  const webhook = { url: "https://hook.example/farpad/alerts", secret: "shared" };
  const as = await signIn(bench, "ada");
  await bench.http("PUT", "/api/alerts/settings", { as, body: { webhook } });
}

/** The tenth sender gets a start command and does not report its stream. */
async function askForStart(bench: Bench, device: ScriptedDevice): Promise<void> {
  device.sends = false;
  const as = await signIn(bench, "ada");
  const source = { mode: "v4l2", device: "/dev/video0", resolution: "1280x720", framerate: 30 };
  const body = { source, encoder: { bitrate_kbps: 4_000 } };
  const path = `/api/senders/${senderId(9)}/stream/start`;
  const { status, body: answer } = await bench.http("POST", path, { as, body });
  if (status !== 201) throw new Error(`Cannot start: ${JSON.stringify(answer)}`);
}

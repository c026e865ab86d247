/**
 * `npm run bench -- chaos MINUTES [SEED]`: kills and stops the processes of Farpad at seeded random moments while
 * two people play and a camera streams, then waits until nothing changes and compares the resources held with those at
 * the start. `npm start` runs the installation, so a killed process is started again as on a real machine.
 *
 * @module
 */
import { api } from "../../protocol/rest/api.ts";
import { call } from "../../protocol/rest/contract.ts";
import { launchChromium } from "../support/browser.ts";
import { type Balance, leaksBetween, takeBalance } from "../support/endurance/balance.ts";
import { type Installation, launch, until } from "../support/endurance/installation.ts";
import {
  type PersistentPlayer,
  startPersistentPlayer,
} from "../support/endurance/persistent_player.ts";
import { descendants, type RunningProcess } from "../support/endurance/process_tree.ts";
import { percentile, round } from "./figures.ts";

const DEFAULT_MINUTES = 10;
const PLAYERS = 2;
/** Between two attacks, in milliseconds. */
const CALM = { least: 4_000, most: 12_000 };
/** How long a process stays stopped, in milliseconds. */
const STANDSTILL = { least: 500, most: 20_000 };
const TARGETS = ["coordinator", "worker", "room", "agent", "pipeline", "egress"];
/** How long it may take until nothing changes any more, in milliseconds. */
const REST_LIMIT = 180_000;

/**
 * Runs the benchmark. `args`: minutes and seed.
 *
 * @throws {Error} when the minutes are not above 0.
 */
export async function chaos(args: readonly string[] = []): Promise<Record<string, number>> {
  const minutes = Number(args[0] ?? DEFAULT_MINUTES);
  const seed = Number(args[1] ?? Date.now() % 100_000);
  if (!(minutes > 0)) throw new Error(`Cannot run for "${args[0]}" minutes: give a number above 0`);
  console.log(`seed ${seed}; repeat it with: npm run bench -- chaos ${minutes} ${seed}`);
  await using farpad = await launch({ FARPAD_CAPACITY: "6" });
  const before = await atRest(farpad);
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const players = await Promise.all(
      Array.from(
        { length: PLAYERS },
        () => startPersistentPlayer(browser, `${farpad.url}/play/paddle-duel`),
      ),
    );
    const camera = keepStreaming(farpad);
    await until("players who play", () => players.every(({ playing }) => playing) || undefined);
    const { kills, seen } = await attack(farpad, { minutes, seed });
    await until(
      "players who play again",
      () => players.every(({ playing }) => playing) || undefined,
      REST_LIMIT,
    ).catch((error) => console.log(String(error)));
    const unexplained = [...players.flatMap((each) => each.unexplained), ...await camera.stop()];
    for (const player of players.filter(({ playing }) => !playing)) {
      console.log(`a player does not play, ${await player.describe()}`);
      unexplained.push("a player could not play on after everything was started again");
    }
    await Promise.all(players.map((each) => each.stop()));
    const leaks = await rest(farpad, { before, seen });
    for (const line of [...unexplained, ...leaks]) console.log(line);
    if (Deno.env.has("FARPAD_CHAOS_LOG")) {
      await Deno.writeTextFile(Deno.env.get("FARPAD_CHAOS_LOG")!, farpad.lines.join("\n"));
    }
    return summary({ kills, leaks, unexplained, players });
  } finally {
    await browser.close();
  }
}

function summary(
  { kills, leaks, unexplained, players }: {
    kills: number;
    leaks: readonly string[];
    unexplained: readonly string[];
    players: readonly PersistentPlayer[];
  },
): Record<string, number> {
  const interruptions = players.flatMap((each) => each.interruptions);
  return {
    kills,
    leaks: leaks.length,
    sessions_lost_without_reason: unexplained.length,
    interruptions: interruptions.length,
    resume_ms_p50: round(percentile(interruptions, 0.5)),
    resume_ms_p95: round(percentile(interruptions, 0.95)),
  };
}

/** Kills, ends or stops one process after another. Returns how many, and every process that existed. */
async function attack(
  farpad: Installation,
  { minutes, seed }: { minutes: number; seed: number },
): Promise<{ kills: number; seen: ReadonlySet<number> }> {
  const random = seeded(seed);
  const between = ({ least, most }: { least: number; most: number }) =>
    least + random() * (most - least);
  const seen = new Set<number>();
  const end = performance.now() + minutes * 60_000;
  let kills = 0;
  while (performance.now() < end) {
    await pause(between(CALM));
    const processes = descendants(farpad.pid);
    for (const { pid } of processes) seen.add(pid);
    const victim = pick(processes, random);
    if (!victim) continue;
    const chance = random();
    const how = chance < 0.6 ? "SIGKILL" : chance < 0.75 ? "SIGTERM" : "SIGSTOP";
    console.log(`${how} ${victim.kind} ${victim.pid}`);
    kills += send(victim.pid, how) ? 1 : 0;
    if (how === "SIGSTOP") setTimeout(() => send(victim.pid, "SIGCONT"), between(STANDSTILL));
  }
  await pause(STANDSTILL.most);
  for (const { pid } of descendants(farpad.pid)) seen.add(pid);
  return { kills, seen };
}

/** Chooses a process. Each kind of process is equally likely, whatever its number of processes. */
function pick(
  processes: readonly RunningProcess[],
  random: () => number,
): RunningProcess | undefined {
  const kinds = TARGETS.filter((kind) => processes.some((each) => each.kind === kind));
  const kind = kinds[Math.floor(random() * kinds.length)];
  const these = processes.filter((each) => each.kind === kind);
  return these[Math.floor(random() * these.length)];
}

/** False when the process has ended already. */
function send(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Starts the camera's stream whenever none runs; stopping returns the ends without a reason. */
function keepStreaming(farpad: Installation): { stop(): Promise<readonly string[]> } {
  const unexplained: string[] = [];
  const known = new Set<string>();
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      try {
        const { online, stream, last_end: end } = await farpad.camera();
        if (end && !known.has(end.stream_id)) {
          known.add(end.stream_id);
          if (!end.reason || !end.message) {
            unexplained.push(`stream ${end.stream_id} has no reason`);
          }
        }
        if (online && !stream) await farpad.startStream();
      } catch {
        // The coordinator or the camera is not connected: the next turn tries again.
      }
      await pause(1_000);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      await until("a camera without a stream", async () => {
        const { online, sender_id: id, stream } = await farpad.camera();
        const options = { base: farpad.url, token: await farpad.token() };
        if (stream) await call(api.senders.stop, { params: { id } }, options);
        return online && !stream ? true : undefined;
      }, REST_LIMIT).catch((error) => unexplained.push(String(error)));
      return unexplained;
    },
  };
}

/** The resources that are held once nothing changes any more. */
async function atRest(farpad: Installation): Promise<Balance> {
  await until("a warm spare room process", async () => {
    const { processes } = await takeBalance(farpad);
    return processes.room ? true : undefined;
  });
  await pause(3_000);
  return await takeBalance(farpad);
}

/** Waits until no resource is held in excess. Resources that still are at the end were leaked. */
async function rest(
  farpad: Installation,
  { before, seen }: { before: Balance; seen: ReadonlySet<number> },
): Promise<readonly string[]> {
  let leaks: readonly string[] = ["Farpad did not answer"];
  await until("a balance as at first", async () => {
    leaks = leaksBetween(before, await takeBalance(farpad), { seen, root: farpad.pid });
    return leaks.length === 0 ? true : undefined;
  }, REST_LIMIT).catch(() => {});
  return leaks;
}

/** Numbers from 0 to below 1 that depend on the seed alone (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

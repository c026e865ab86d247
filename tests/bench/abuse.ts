/**
 * `npm run bench -- abuse MINUTES`: runs every attack of `tests/abuse/` again and again against all of Farpad, while a
 * page plays a game, a page of the dashboard is open, and players come and go.
 *
 * All of them share the processors of one machine. The browser, whose freezes count, has precedence over the rest: what
 * freezes its picture is Farpad. For each attack the processors and waiting times of each kind of process are printed.
 * Memory is that of Farpad's processes together; a page that several of them share counts once.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { setPriority } from "node:os";
import type { Browser } from "playwright-core";
import { allAttacks, type Outcome, pause, type Target } from "../abuse/attack.ts";
import { launchChromium } from "../support/browser.ts";
import { ADMINISTRATOR, launch } from "../support/endurance/installation.ts";
import { descendants, type RunningProcess } from "../support/endurance/process_tree.ts";
import {
  measureUsage,
  memoryByKind,
  type UsageByKind,
  type UsageMeter,
  usedBetween,
} from "../support/endurance/usage.ts";
import { reconnectsOf, type WatchedPage, watchPage } from "../support/endurance/watched_page.ts";
import { waitForState } from "../support/player.ts";
import { parentOf } from "../support/stack/processes.ts";
import { UserClient } from "../support/stack/user_client.ts";
import { round } from "./figures.ts";

const DEFAULT_MINUTES = 10;
/** How long an attack with no end of its own goes on at most, in milliseconds. */
const LONGEST = 10_000;
/** The shortest such time; shorter ones measure the start of an attack alone. */
const SHORTEST = 1_000;
/** How long the picture is watched before the attacks begin, in milliseconds. */
const QUIET = 10_000;
/** Between two players who join, in milliseconds. */
const JOIN_PERIOD = 2_000;
/** Between two looks at the processes, in milliseconds. */
const LOOK_PERIOD = 1_000;
/** Where those who join come from; attacks use other addresses of this machine. */
const PLAYERS = "127.0.0.99";
/** The highest priority there is. */
const VIEWER_NICE = -20;
const WORKER_CREDENTIAL = "abuse-credential-0123456789abcdef0123456789abcdef";

/**
 * Runs the benchmark. `args[0]`: minutes.
 *
 * @throws {Error} when they are not above 0.
 */
export async function abuse(args: readonly string[] = []): Promise<Record<string, number>> {
  const minutes = Number(args[0] ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) {
    throw new Error(`Cannot attack for "${args[0]}" minutes: give a number above 0`);
  }
  await using installation = await launch({
    // For the watched player, three that one attacker may hold, a person beside the attack, and the one who joins.
    FARPAD_CAPACITY: "6",
    FARPAD_WORKER_CREDENTIAL: WORKER_CREDENTIAL,
  });
  const target: Target = Object.assign(installation, {
    workerCredential: WORKER_CREDENTIAL,
    duration: Math.min(LONGEST, Math.max(SHORTEST, minutes * 60_000 / 20)),
  });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const [game, dashboard] = await openPages(browser, target);
    preferViewers();
    const joins = keepJoining(target);
    const processes = watchProcesses(target);
    using meter = measureUsage(Deno.pid, (each) => kindIn(target, each));
    const scene: Scene = { target, game, meter };
    await measure("before the attacks", scene, () => pause(QUIET));
    const before = await game.report();
    const outcome = await attackFor(scene, minutes);
    await measure("after the attacks", scene, () => pause(QUIET));
    const { joined, tried } = await joins.stop();
    const after = await game.report();
    const { peak, restarts } = processes.stop();
    for (const page of [game, dashboard]) {
      for (const { connection, times } of reconnectsOf(page)) {
        if (times.length > 0) console.log(`reconnected: ${connection}`, times);
      }
    }
    return {
      attempts: outcome.attempts,
      got_through: outcome.gotThrough,
      coordinator_restarts: restarts,
      memory_mb_peak: round(peak / 2 ** 20),
      joins_ok_percent: round(100 * joined / Math.max(1, tried)),
      player_freezes: after.freezes - before.freezes,
    };
  } finally {
    await browser.close();
  }
}

/**
 * Gives the browser precedence over everything else where that is allowed: it stands for other people's machines, whose
 * processors neither attackers nor Farpad use. Threads and sessions have a priority each (see `worker/priority.ts`).
 */
function preferViewers(): void {
  try {
    for (const { pid } of descendants(Deno.pid).filter(({ kind }) => /chrom|headless/.test(kind))) {
      for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
        setPriority(Number(name), VIEWER_NICE);
      }
      const session = `/proc/${pid}/autogroup`;
      if (existsSync(session)) Deno.writeTextFileSync(session, String(VIEWER_NICE));
    }
  } catch (error) {
    console.log(`The browser has the attackers' priority, so freezes may be theirs: ${error}`);
  }
}

/** What is attacked, and what measures it. */
interface Scene {
  readonly target: Target;
  readonly game: WatchedPage;
  readonly meter: UsageMeter;
}

async function openPages(
  browser: Browser,
  { url }: Target,
): Promise<readonly [WatchedPage, WatchedPage]> {
  const game = await watchPage(browser, "game", `${url}/play/paddle-duel`);
  await waitForState(game.page, "playing");
  const dashboard = await watchPage(browser, "dashboard", `${url}/operator`);
  await dashboard.page.getByLabel("Email").fill(ADMINISTRATOR.email);
  await dashboard.page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await dashboard.page.getByRole("button", { name: "Sign in" }).click();
  await dashboard.page.getByText("Overview").first().waitFor();
  return [game, dashboard];
}

/**
 * Runs all attacks, one after another, until the time is over, and each at least once; those that only wait run beside
 * the others.
 */
async function attackFor(
  scene: Scene,
  minutes: number,
): Promise<Outcome> {
  const attacks = await allAttacks();
  const end = performance.now() + minutes * 60_000;
  let [attempts, gotThrough] = [0, 0];
  const carryOut = async ({ name, run }: (typeof attacks)[number]) => {
    const outcome = await run(scene.target);
    attempts += outcome.attempts;
    gotThrough += outcome.gotThrough;
    console.log(`${name}: ${outcome.gotThrough} of ${outcome.attempts} got through`);
  };
  for (let round = 0; round === 0 || performance.now() < end; round++) {
    const patient = Promise.all(attacks.filter((each) => each.patient).map(carryOut));
    for (const attack of attacks.filter((each) => !each.patient)) {
      if (round > 0 && performance.now() >= end) break;
      await measure(attack.name, scene, () => carryOut(attack));
    }
    await measure("those that wait", scene, () => patient);
  }
  return { attempts, gotThrough };
}

/**
 * Prints what the installation went through meanwhile: freezes of the game's picture, memory, and for each kind of
 * process the processors that it kept busy and, in brackets, how many of its threads waited for one on average. `self`
 * are the attackers and those who join. The load is that of the whole machine, strangers to this test included.
 */
async function measure(
  what: string,
  { target: { pid }, game, meter }: Scene,
  run: () => Promise<unknown>,
): Promise<void> {
  const began = performance.now();
  const [freezes, used] = [(await game.report()).freezes, meter.read()];
  await run();
  const seconds = (performance.now() - began) / 1_000;
  console.log(`  ${what}: ${
    [
      `${(await game.report()).freezes - freezes} freezes in ${round(seconds)} s`,
      `load ${round(Deno.loadavg()[0]!)}`,
      `processors: ${shownUsage(usedBetween(used, meter.read()), seconds)}`,
      `MB: ${shownMemory(pid)}`,
    ].join("; ")
  }`);
}

function shownUsage(used: UsageByKind, seconds: number): string {
  return [...used].filter(([, { ran, waited }]) => (ran + waited) / seconds > 0.02)
    .map(([kind, { ran, waited }]) =>
      `${kind} ${round(ran / seconds)} (${round(waited / seconds)})`
    ).join(", ");
}

function shownMemory(pid: number): string {
  return [...memoryByKind(pid)].map(([kind, bytes]) => `${kind} ${Math.round(bytes / 2 ** 20)}`)
    .join(", ");
}

/** The kind of a process; the room of the watched page, which was the first one, has a kind of its own. */
function kindIn({ lines }: Target, { pid, kind }: RunningProcess): string {
  if (kind !== "room") return kind;
  const line = lines.find((each) => each.includes("room process taken"));
  const watched = Number(line?.match(/"pid":(\d+)/)?.[1]);
  // Where rooms are confined, the room is a grandchild of that process.
  const family = [pid, parentOf(pid), parentOf(parentOf(pid) ?? 0)];
  return family.includes(watched) ? "watched room" : "other rooms";
}

function memoryOf(pid: number): number {
  return [...memoryByKind(pid).values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Has one player after another join a game and leave again. */
function keepJoining(
  { url }: Target,
): { stop(): Promise<{ readonly joined: number; readonly tried: number }> } {
  let [joined, tried, stopped] = [0, 0, false];
  const running = (async () => {
    while (!stopped) {
      tried += 1;
      try {
        await using user = await UserClient.join(url, "", PLAYERS);
        await user.play();
        await user.leave();
        joined += 1;
      } catch (error) {
        console.log(`a player could not join: ${error}`);
      }
      await pause(JOIN_PERIOD);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      return { joined, tried };
    },
  };
}

/** Measures the memory of all processes together, and counts the coordinator's processes beyond the first. */
function watchProcesses(
  { pid }: Target,
): { stop(): { readonly peak: number; readonly restarts: number } } {
  let peak = 0;
  const coordinators = new Set<number>();
  const look = () => {
    peak = Math.max(peak, memoryOf(pid));
    for (const each of descendants(pid)) {
      if (each.kind === "coordinator") coordinators.add(each.pid);
    }
  };
  look();
  const timer = setInterval(look, LOOK_PERIOD);
  return {
    stop() {
      clearInterval(timer);
      return { peak, restarts: coordinators.size - 1 };
    },
  };
}

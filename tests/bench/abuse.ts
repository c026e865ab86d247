/**
 * `npm run bench -- abuse MINUTES`: runs every attack of `tests/abuse/` again and again against all of Farpad, while a
 * page plays a game, a page of the dashboard is open, and players come and go.
 *
 * @module
 */
import { setPriority } from "node:os";
import type { Browser } from "playwright-core";
import { allAttacks, type Outcome, pause, type Target } from "../abuse/attack.ts";
import { launchChromium } from "../support/browser.ts";
import { ADMINISTRATOR, launch } from "../support/endurance/installation.ts";
import { descendants, holdingsOf, processorSeconds } from "../support/endurance/process_tree.ts";
import { reconnectsOf, type WatchedPage, watchPage } from "../support/endurance/watched_page.ts";
import { waitForState } from "../support/player.ts";
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
const VIEWER_NICE = -10;
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
    // One more than in `tests/abuse/`, for the player who joins and leaves again and again.
    FARPAD_CAPACITY: "5",
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
    const scene = { target, game };
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
 * Gives the browser the priority of room processes where that is allowed: it stands for other people's machines, whose
 * processor time attackers do not take.
 */
function preferViewers(): void {
  try {
    for (const { pid } of descendants(Deno.pid).filter(({ kind }) => kind === "chromium")) {
      for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
        setPriority(Number(name), VIEWER_NICE);
      }
    }
  } catch (error) {
    console.log(`The browser has the attackers' priority, so freezes may be theirs: ${error}`);
  }
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
  scene: { target: Target; game: WatchedPage },
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
 * Prints what the installation went through meanwhile: freezes of the game's picture, processors that its processes
 * kept busy, their memory. The load is that of the whole machine, attackers and strangers to this test included.
 */
async function measure(
  what: string,
  { target: { pid }, game }: { target: Target; game: WatchedPage },
  run: () => Promise<unknown>,
): Promise<void> {
  const began = performance.now();
  const [freezes, used] = [(await game.report()).freezes, processorTimes(pid)];
  await run();
  const seconds = (performance.now() - began) / 1_000;
  console.log(`  ${what}: ${
    [
      `${(await game.report()).freezes - freezes} freezes in ${round(seconds)} s`,
      `${round(sinceThen(used, processorTimes(pid)) / seconds)} processors`,
      `${round(memoryOf(pid) / 2 ** 20)} MB`,
      `load ${round(Deno.loadavg()[0]!)}`,
    ].join(", ")
  }`);
}

function memoryOf(pid: number): number {
  return descendants(pid).reduce((sum, each) => sum + (holdingsOf(each.pid)?.rss ?? 0), 0);
}

/** The processor time of each process, in seconds by its id. */
function processorTimes(pid: number): ReadonlyMap<number, number> {
  return new Map(descendants(pid).map((each) => [each.pid, processorSeconds(each.pid)]));
}

/** What was used meanwhile. What a process used that ended meanwhile is not known. */
function sinceThen(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number {
  return [...after].reduce((sum, [pid, used]) => sum + used - (before.get(pid) ?? 0), 0);
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

/**
 * Measures the memory of an installation at rest and with games in play, by kind of process, as `npm start` runs it
 * without npm's own processes and without the demonstration device. Memory is the proportional set size (PSS): pages
 * that processes share are divided among them.
 *
 * `idle 120` lets each phase last 120 s.
 *
 * @module
 */
import { launchChromium } from "../support/browser.ts";
import { descendants } from "../support/endurance/process_tree.ts";
import { openPage, waitForState } from "../support/player.ts";
import { printed, startLauncher } from "../support/stack/launcher.ts";
import { freePort } from "../support/stack/stack.ts";
import { round } from "./figures.ts";

/** Games that are played at once. */
const ROOMS = 2;
/** Time of each phase unless told, in seconds: at rest the spare room process ends after 30 s. */
const PHASE = "50";

/** Memory of each process in MB, by kind of process. */
type Memory = Readonly<Record<string, readonly number[]>>;

/** Runs the benchmark and returns megabytes. */
export async function idle([phase = PHASE]: readonly string[]): Promise<Record<string, number>> {
  const data = await Deno.makeTempDir({ prefix: "farpad-" });
  const port = await freePort();
  const launcher = startLauncher({
    args: [],
    env: { FARPAD_PORT: String(port), FARPAD_DATA: data, FARPAD_DEMO: "false" },
  });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    await printed(launcher, / is ready/);
    await rest(phase);
    const before = memoryOf(launcher.pid);
    for (let n = 0; n < ROOMS; n++) {
      const page = await openPage(browser, `http://localhost:${port}`);
      await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
      await waitForState(page, "playing");
    }
    await rest(phase);
    const after = memoryOf(launcher.pid);
    // A spare room process is smaller than one that plays.
    const rooms = [...after.room ?? []].sort((a, b) => b - a).slice(0, ROOMS);
    return {
      pss_mb_idle: round(sum(Object.values(before).flat())),
      pss_mb_per_room: round(sum(rooms) / ROOMS),
      ...byKind("idle", before),
      pss_mb_playing: round(sum(Object.values(after).flat())),
      ...byKind("playing", after),
    };
  } finally {
    await browser.close();
    await launcher.end();
    await Deno.remove(data, { recursive: true });
  }
}

function memoryOf(root: number): Memory {
  const found: Record<string, number[]> = {};
  for (const { pid, kind } of [{ pid: root, kind: "launcher" }, ...descendants(root)]) {
    (found[kind] ??= []).push(pssOf(pid));
  }
  return found;
}

/** 0 once the process is gone. */
function pssOf(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)![1]) / 1024;
  } catch {
    return 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function byKind(when: string, memory: Memory): Record<string, number> {
  return Object.fromEntries(
    Object.entries(memory).map(([kind, all]) => [`pss_mb_${when}_${kind}`, round(sum(all))]),
  );
}

function rest(seconds: string): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
}

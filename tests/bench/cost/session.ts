/**
 * Measures what one session with one viewer costs: processor time of the coordinator, the worker and all its processes,
 * in percent of one core, and the resident memory of the room's process. A real Chromium watches over loopback.
 *
 * `256x240`: Paddle Duel on the embedded core at 60 pictures a second. `640x480`: the test pattern at 60.
 * `second_encode`: the small layer beside the main one of 640×480, as `layers` measures it.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { descendants, holdingsOf, processorSeconds } from "../../support/endurance/process_tree.ts";
import { openPage, waitForState } from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { secondEncode } from "../network/layers.ts";
import { round } from "../figures.ts";

const WARM_UP = 5_000;
const MEASURED = 20_000;

interface Cost {
  /** Percent of one core. */
  readonly cpu: number;
  /** Resident memory of the room's process in MB. */
  readonly rss: number;
}

/** Each part of the benchmark; it adds its figures. */
const PARTS: readonly ((browser: Browser) => Promise<Record<string, number>>)[] = [
  async (browser) => {
    const { cpu, rss } = await play(browser, "paddle-duel");
    return { cpu_percent_256x240: cpu, rss_mb_256x240: rss };
  },
  async (browser) => ({ cpu_percent_640x480: (await play(browser, "test-pattern")).cpu }),
  async () => {
    const { second } = await secondEncode({ width: 640, height: 480 });
    return { second_encode_cpu_percent: second };
  },
];

/** Runs the benchmark and returns percents of one core and megabytes. */
export async function session(): Promise<Record<string, number>> {
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const figures: Record<string, number> = {};
    for (const part of PARTS) Object.assign(figures, await part(browser));
    return figures;
  } finally {
    await browser.close();
  }
}

async function play(browser: Browser, app: string): Promise<Cost> {
  await using stack = await startStack();
  const page = await openPage(browser, `${stack.url}/play/${app}`);
  await waitForState(page, "playing");
  await pause(WARM_UP);
  const before = processorTime(stack);
  const began = performance.now();
  await pause(MEASURED);
  const seconds = (performance.now() - began) / 1000;
  const cpu = round((processorTime(stack) - before) / seconds * 100);
  // A spare room process is smaller than one that plays.
  const rooms = descendants(stack.worker.pid).filter(({ kind }) => kind === "room");
  const rss = round(Math.max(...rooms.map(({ pid }) => holdingsOf(pid)?.rss ?? 0)) / 1e6);
  await page.context().close();
  return { cpu, rss };
}

/** Processor time of all processes of the installation so far, in seconds. */
function processorTime({ coordinator, worker }: Stack): number {
  const pids = [coordinator.pid, worker.pid, ...descendants(worker.pid).map(({ pid }) => pid)];
  return pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

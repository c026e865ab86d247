/**
 * Measures the time from a click on a game to its first picture with a warm worker, and from the launch of all
 * processes (dependencies installed, pages built) to a worker that takes players.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForState } from "../support/player.ts";
import { freePort, startStack } from "../support/stack/stack.ts";
import { median, percentiles, round } from "./figures.ts";

const CLICKS = 16;
const COLD_STARTS = 3;
const LIMIT = 30_000;

/** Runs the benchmark and returns the times of clicks in milliseconds and of cold starts in seconds. */
export async function startup(): Promise<Record<string, number>> {
  const colds: number[] = [];
  for (let n = 0; n < COLD_STARTS; n++) colds.push(await coldStart());
  const clicks: number[] = [];
  // A closed page keeps its place until its session ends, so each click needs a place of its own.
  await using stack = await startStack({ FARPAD_CAPACITY: String(CLICKS + 2) });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    for (let n = 0; n < CLICKS; n++) clicks.push(await click(browser, stack.url));
  } finally {
    await browser.close();
  }
  console.log("click → picture", clicks.map((ms) => `${round(ms)} ms`).join("  "));
  console.log("cold start     ", colds.map((s) => `${round(s)} s`).join("  "));
  return {
    clicks: clicks.length,
    click_to_picture_ms: round(median(clicks)),
    ...percentiles("click_to_picture_ms", clicks),
    cold_start_s: round(median(colds)),
    ...percentiles("cold_start_s", colds),
  };
}

async function click(browser: Browser, url: string): Promise<number> {
  const page = await openPage(browser, url);
  await waitForState(page, "lobby");
  // Waits until the next spare room process is warm, as it is for a person who reads the lobby first.
  await pause(4_000);
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await page.waitForFunction(() => farpadProbe.pictures.length > 0, undefined, { timeout: LIMIT });
  const ms = await page.evaluate(() =>
    farpadProbe.pictures[0]!.presentedAt - (farpadProbe.clickedAt ?? NaN)
  );
  await page.context().close();
  return ms;
}

async function coldStart(): Promise<number> {
  const port = await freePort();
  const dataFolder = await Deno.makeTempDir({ prefix: "farpad-" });
  const began = performance.now();
  const launcher = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", new URL("../../tools/start.ts", import.meta.url).pathname],
    env: { FARPAD_PORT: String(port), FARPAD_DATA: dataFolder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    while (!await hasPlaces(port)) {
      if (performance.now() - began > LIMIT) throw new Error(`Not up after ${LIMIT / 1000} s`);
      await pause(20);
    }
    return (performance.now() - began) / 1000;
  } finally {
    launcher.kill("SIGTERM");
    await launcher.status;
    await Deno.remove(dataFolder, { recursive: true });
  }
}

async function hasPlaces(port: number): Promise<boolean> {
  try {
    const { workers } = await (await fetch(`http://127.0.0.1:${port}/api/workers`)).json();
    return workers.length > 0;
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

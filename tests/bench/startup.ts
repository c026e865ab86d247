/**
 * Measures the time from a click on a game to its first picture, from opening a link into a running room to its first
 * picture, and from the launch of all processes (dependencies installed, pages built) to a worker that takes players.
 *
 * @module
 */
import { loadavg } from "node:os";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, shareLink, waitForState } from "../support/player.ts";
import { freePort, type Stack, startStack } from "../support/stack/stack.ts";
import { median, percentile, round } from "./figures.ts";

const CLICKS = 60;
const LINKS = 15;
const COLD_STARTS = 3;
/** Longest wait for a picture or a start, in milliseconds. */
const LIMIT = 30_000;
/** A click that takes longer than this is slow, in milliseconds. */
const SLOW = 400;
/** How long a person sees the lobby before the click, in milliseconds. */
const LOOKS = 1_000;
/** Until the next spare room process is warm after one was taken, in milliseconds. */
const WARM_AGAIN = 4_500;

/**
 * Runs the benchmark and returns times of clicks and links in milliseconds and of cold starts in seconds. The first
 * argument is the number of clicks.
 */
export async function startup([count]: readonly string[] = []): Promise<Record<string, number>> {
  const colds: number[] = [];
  for (let n = 0; n < COLD_STARTS; n++) colds.push(await coldStart());
  const clicks: number[] = [];
  await using stack = await startStack({ FARPAD_CAPACITY: "4" });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  let links: number[];
  try {
    for (let n = 0; n < Number(count ?? CLICKS); n++) clicks.push(await click(browser, stack));
    links = await openLinks(browser, stack);
  } finally {
    await browser.close();
  }
  console.log("click → picture", clicks.map((ms) => `${round(ms)} ms`).join("  "));
  console.log("link → picture ", links.map((ms) => `${round(ms)} ms`).join("  "));
  console.log("cold start     ", colds.map((s) => `${round(s)} s`).join("  "));
  console.log("load average   ", loadavg().map(round).join("  "));
  return {
    clicks: clicks.length,
    first_click_ms: round(clicks[0] ?? NaN),
    click_to_picture_ms_p50: round(median(clicks)),
    click_to_picture_ms_p95: round(percentile(clicks, 0.95)),
    click_to_picture_ms_p99: round(percentile(clicks, 0.99)),
    slow_clicks: clicks.filter((ms) => ms > SLOW).length,
    link_to_picture_ms_p50: round(median(links)),
    link_to_picture_ms_p95: round(percentile(links, 0.95)),
    cold_start_s: round(median(colds)),
  };
}

/** Opens the lobby, looks at it, and clicks on a game. */
async function click(browser: Browser, stack: Stack): Promise<number> {
  await pause(WARM_AGAIN);
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  const game = page.getByRole("link", { name: /Paddle Duel/ }).first();
  await game.waitFor();
  await pause(LOOKS);
  await game.click();
  const ms = await untilPicture(page, () => farpadProbe.clickedAt ?? NaN);
  const room = await page.evaluate(() => document.documentElement.dataset.room);
  await page.context().close();
  // A room that was left is kept for its player; one that is killed gives its place back at once.
  if (room) stack.signalRoom(room, "SIGKILL");
  return ms;
}

/** Opens a link into a room that a person plays in, again and again. */
async function openLinks(browser: Browser, stack: Stack): Promise<number[]> {
  await pause(WARM_AGAIN);
  const host = await openPage(browser, stack.url);
  await waitForState(host, "lobby");
  await host.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(host, "playing");
  const link = await shareLink(host, "Only watch");
  const times: number[] = [];
  for (let n = 0; n < LINKS; n++) {
    await pause(LOOKS);
    const page = await openPage(browser, link);
    times.push(await untilPicture(page, () => performance.timeOrigin));
    await page.context().close();
  }
  await host.context().close();
  return times;
}

/** From a time in the page to its first picture; one that does not come counts as {@linkcode LIMIT}. */
async function untilPicture(page: Page, since: () => number): Promise<number> {
  const seen = page.waitForFunction(() => farpadProbe.pictures.length > 0, undefined, {
    timeout: LIMIT,
  });
  if (!await seen.then(() => true, () => false)) return LIMIT;
  await waitForState(page, "playing");
  const presentedAt = await page.evaluate(() => farpadProbe.pictures[0]!.presentedAt);
  return presentedAt - await page.evaluate(since);
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

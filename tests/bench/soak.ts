/**
 * `npm run bench -- soak MINUTES`: runs Farpad without interaction and counts disturbances. Chromium watches one game and
 * one field stream, a dashboard and a lobby are open, one game is paused, and the agent only sends that stream.
 * Counted: reconnects of every leg, log lines that warn, freezes, the delay of sound behind the picture, and the growth
 * of each process's memory after the first three minutes.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { ADMINISTRATOR, type Installation, launch } from "../support/endurance/installation.ts";
import { descendants, holdingsOf } from "../support/endurance/process_tree.ts";
import {
  audioBehind,
  type MediaReport,
  type PageReconnects,
  reconnectsOf,
  type WatchedPage,
  watchPage,
} from "../support/endurance/watched_page.ts";
import { waitForState } from "../support/player.ts";
import { percentile, round } from "./figures.ts";
import { type Point, slope } from "./trend.ts";

const DEFAULT_MINUTES = 20;
const SAMPLE_PERIOD = 1_000;
const MEMORY_PERIOD = 10_000;
/** Pages load, caches fill and code is compiled before this, so memory is measured after it. In milliseconds. */
const SETTLED_AFTER = 3 * 60_000;
/** A stream may freeze once at its start, so freezes count after this. In milliseconds. */
const STARTED_AFTER = 5_000;

/** The results of a soak. */
export interface SoakResult {
  readonly figures: Readonly<Record<string, number>>;
  /** The log lines that warn, and the errors and warnings of pages. */
  readonly warnings: readonly string[];
  /** The connections that were made again, and how often. */
  readonly reconnects: readonly Reconnects[];
}

/** The reconnects of a page, or of a leg between two programs, of which only the number is known. */
type Reconnects = PageReconnects | { readonly connection: string; readonly times: number };

/**
 * Runs the benchmark. `args[0]`: minutes.
 *
 * @throws {Error} when they are not above 0.
 */
export async function soak(args: readonly string[] = []): Promise<Record<string, number>> {
  const minutes = Number(args[0] ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) {
    throw new Error(`Cannot soak for "${args[0]}" minutes: give a number above 0`);
  }
  const { figures, warnings, reconnects } = await soakFor(minutes);
  for (const { connection, times } of reconnects) console.log(`reconnected: ${connection}`, times);
  for (const line of warnings) console.log(line);
  return figures;
}

/** Runs for so many minutes and returns the results. */
export async function soakFor(minutes: number): Promise<SoakResult> {
  await using farpad = await launch({ FARPAD_CAPACITY: "6" });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const pages = await openPages(browser, farpad);
    return await watch(farpad, { pages, minutes });
  } finally {
    await browser.close();
  }
}

async function openPages(browser: Browser, farpad: Installation): Promise<WatchedPage[]> {
  const { url } = farpad;
  const { room_id } = await farpad.startStream();
  const game = await watchPage(browser, "game", `${url}/play/paddle-duel`);
  await waitForState(game.page, "playing");
  const field = await watchPage(browser, "field stream", `${url}/?room=${room_id}`);
  await waitForState(field.page, "playing");
  const paused = await watchPage(browser, "paused game", `${url}/play/paddle-duel`);
  await waitForState(paused.page, "playing");
  // The key and not the button, which hides after a while without a pointer.
  await paused.page.keyboard.press("Escape");
  await paused.page.getByRole("menuitem", { name: "Pause" }).click();
  const lobby = await watchPage(browser, "lobby", url);
  await waitForState(lobby.page, "lobby");
  const dashboard = await watchPage(browser, "dashboard", `${url}/operator`);
  await dashboard.page.getByLabel("Email").fill(ADMINISTRATOR.email);
  await dashboard.page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await dashboard.page.getByRole("button", { name: "Sign in" }).click();
  await dashboard.page.getByText("Overview").first().waitFor();
  return [game, field, paused, lobby, dashboard];
}

async function watch(
  farpad: Installation,
  { pages, minutes }: { pages: readonly WatchedPage[]; minutes: number },
): Promise<SoakResult> {
  const [game, field] = pages as [WatchedPage, WatchedPage, ...WatchedPage[]];
  const began = performance.now();
  const quietFrom = farpad.lines.length;
  const opened = await openedSockets(farpad.url);
  await pause(STARTED_AFTER);
  const behind: number[] = [];
  const first = await reportsOf([game, field]);
  let before = first;
  const memory = new Map<string, Point[]>();
  let memoryDue = 0;
  while (performance.now() - began < minutes * 60_000) {
    const now = performance.now() - began;
    const after = await reportsOf([game, field]);
    behind.push(...after.flatMap((report, n) => audioBehind(before[n]!, report) ?? []));
    before = after;
    if (now >= memoryDue) {
      memoryDue = now + MEMORY_PERIOD;
      sampleMemory(farpad.pid, { now, into: memory });
    }
    await pause(SAMPLE_PERIOD);
  }
  const watched = (performance.now() - began - STARTED_AFTER) / 60_000;
  const frozen = freezes(before) - freezes(first);
  const reconnects = [
    ...pages.flatMap(reconnectsOf),
    ...openings(opened, await openedSockets(farpad.url)),
  ].filter((found) => numberOf(found) > 0);
  // The log has the reason: which end closed a connection, and why.
  if (reconnects.length > 0) console.log(farpad.lines.slice(quietFrom).join("\n"));
  const warnings = [
    ...farpad.lines.slice(quietFrom).filter(isWarning),
    ...pages.flatMap(({ complaints }) => complaints),
  ];
  const growth = growths(memory);
  for (const [process, megabytes] of growth) {
    console.log(`${process.padEnd(24)}${round(megabytes)} MB an hour`);
  }
  return {
    reconnects,
    warnings,
    figures: {
      minutes: round(watched),
      reconnects: reconnects.reduce((total, found) => total + numberOf(found), 0),
      warnings: warnings.length,
      freezes_per_min: round(frozen / watched),
      audio_behind_ms_p95: round(percentile(behind, 0.95)),
      rss_growth_mb_per_hour_max: round(Math.max(...growth.map(([, megabytes]) => megabytes))),
    },
  };
}

/** Whether a line is a warning or an error of the log, or no log line at all. */
function isWarning(line: string): boolean {
  if (line.trim() === "") return false;
  const level = /"level":"(\w+)"/.exec(line)?.[1];
  return level !== "info" && level !== "debug";
}

function numberOf({ times }: Reconnects): number {
  return typeof times === "number" ? times : times.length;
}

function reportsOf(pages: readonly WatchedPage[]): Promise<MediaReport[]> {
  return Promise.all(pages.map((page) => page.report()));
}

function freezes(reports: readonly MediaReport[]): number {
  return reports.reduce((total, report) => total + report.freezes, 0);
}

/**
 * WebSockets of workers and agents that the coordinator accepted since it began, by leg. Pages count theirs
 * themselves.
 */
async function openedSockets(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(/^farpad_sockets_opened_total\{leg="(worker|agent)"\} (\d+)$/gm);
  return new Map([...found].map(([, leg, count]) => [leg!, Number(count)]));
}

function openings(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Reconnects[] {
  return [...after].map(([leg, count]) => ({
    connection: `${leg} leg`,
    times: count - (before.get(leg) ?? 0),
  }));
}

function sampleMemory(
  root: number,
  { now, into }: { now: number; into: Map<string, Point[]> },
): void {
  for (const { pid, kind } of descendants(root)) {
    const held = holdingsOf(pid);
    if (!held || now < SETTLED_AFTER) continue;
    const key = `${kind} ${pid}`;
    const points = into.get(key) ?? [];
    points.push({ x: now / 3_600_000, y: held.rss / 2 ** 20 });
    into.set(key, points);
  }
}

/** Megabytes an hour of each process that existed for at least a minute after the first three minutes. */
function growths(memory: ReadonlyMap<string, readonly Point[]>): [string, number][] {
  return [...memory].filter(([, points]) => points.length * MEMORY_PERIOD >= 60_000)
    .map(([process, points]) => [process, slope(points)]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

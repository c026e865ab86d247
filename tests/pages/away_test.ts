import { equal, notEqual, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { launchChromium } from "../support/browser.ts";
import { openPage, takePictures, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { until } from "../support/waiting/waiting.ts";

const AUTOPLAY = ["--autoplay-policy=no-user-gesture-required"];
/** Longer than the negotiation limit and the shortest linger, in milliseconds. */
const ASLEEP = 42_000;

const running = new AsyncDisposableStack();
let stack: Stack;
let browser: Browser;
/** It sleeps while the other tests run. */
let sleeper: Sleeper;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "1" }),
    launchChromium(AUTOPLAY),
  ]);
  running.use(stack);
  running.defer(() => browser.close());
  sleeper = running.use(await fallAsleep());
});

// A page that a failed test left open would hold the only place.
Deno.test.afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

Deno.test.afterAll(() => running.disposeAsync());

const roomOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.room ?? "");

async function playing(page: Page): Promise<string> {
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  return await roomOf(page);
}

async function freePlaces(): Promise<number> {
  const { workers } = await (await fetch(`${stack.url}/api/workers`)).json();
  return workers[0]?.free_places ?? 0;
}

/** Whether the state of this room was saved, for whichever browser. */
function savedRoom(room: string, { dataFolder } = stack): boolean {
  const saves = join(dataFolder, "saves");
  if (!existsSync(saves)) return false;
  return [...Deno.readDirSync(saves)].some(({ name: owner }) =>
    existsSync(join(saves, owner, "paddle-duel", "rooms", `${room}.save`))
  );
}

/** Stops every renderer of a browser, as a sleeping machine does; the function it returns continues them. */
async function freeze(own: Browser): Promise<() => void> {
  const session = await own.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  ok(renderers.length > 0);
  for (const { id } of renderers) Deno.kill(id, "SIGSTOP");
  return () => renderers.splice(0).forEach(({ id }) => Deno.kill(id, "SIGCONT"));
}

/** A browser that plays on an installation of its own, and sleeps. Disposing ends both. */
interface Sleeper extends AsyncDisposable {
  readonly stack: Stack;
  readonly page: Page;
  readonly room: string;
  /** Since when, as `performance.now()`. */
  readonly since: number;
  wake(): void;
}

async function fallAsleep(): Promise<Sleeper> {
  const stack = await startStack({ FARPAD_CAPACITY: "1" });
  const own = await launchChromium(AUTOPLAY);
  const page = await openPage(own, `${stack.url}/play/paddle-duel`);
  const room = await playing(page);
  const wake = await freeze(own);
  const since = performance.now();
  return {
    stack,
    page,
    room,
    since,
    wake,
    async [Symbol.asyncDispose]() {
      wake();
      await own.close();
      await stack[Symbol.asyncDispose]();
    },
  };
}

/** A profile that plays, with its page and room. */
async function player(): Promise<{ context: BrowserContext; page: Page; room: string }> {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
  return { context: page.context(), page, room: await playing(page) };
}

/** How many pictures the game made between two of its pictures, which it counts modulo 256. */
const framesBetween = (before: number, after: number) => (after - before + 256) % 256;

/** Leaves the game by *Back*, and returns the number of the last picture that was shown. */
async function leaveGame(page: Page): Promise<number> {
  const { bar: seen } = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  const back = page.getByRole("link", { name: "Back to the library" });
  const isLeft = () => page.evaluate(() => document.documentElement.dataset.state === "lobby");
  await until("the game is left", async () => {
    // The controls are hidden while nothing moves, on a busy machine also before the press arrives.
    await page.mouse.move(300, 300);
    await page.mouse.move(320, 320);
    await back.click({ timeout: 2_000 }).catch(() => {});
    return await isLeft();
  });
  const last = (await takePictures(page)).findLast(({ bar }) => bar)?.bar ?? seen!;
  return last.frame;
}

/** Presses *Continue*, and returns the room and the number of the first picture that is shown. */
async function continueGame(page: Page): Promise<{ room: string; frame: number }> {
  await page.locator(".continue-card").first().click();
  await waitForState(page, "playing");
  const { bar } = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  return { room: await roomOf(page), frame: bar!.frame };
}

Deno.test("[PLY33] Back leaves a room that Continue opens again, at the picture where it was left", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context, page, room } = await player();
  const left = await leaveGame(page);
  await until("the place is free", async () => await freePlaces() === 1);
  await page.waitForTimeout(3_000);
  await page.getByText("Left just now").first().waitFor();
  const continued = await continueGame(page);
  equal(continued.room, room);
  const made = framesBetween(left, continued.frame);
  ok(made < 130, `${made} pictures were made, and nobody was there for more than 180`);
  await page.keyboard.down("x");
  await waitForPicture(page, "the press of a button", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("x");
  await context.close();
});

Deno.test("[ROM36] another player gets the only place at once, and Continue then goes on from the save", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context, page, room } = await player();
  const left = await leaveGame(page);
  const other = await player();
  notEqual(other.room, room);
  await until("the room is saved", () => Promise.resolve(savedRoom(room)));
  await leaveGame(other.page);
  const continued = await continueGame(page);
  notEqual(continued.room, room);
  const made = framesBetween(left, continued.frame);
  ok(made < 130, `the save is ${made} pictures away from where the game was left`);
  ok(!(await page.innerText("body")).includes("began anew"));
  await other.context.close();
  await context.close();
});

Deno.test("[SES15] a closed tab frees its place, and Continue opens its room again", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context, page, room } = await player();
  await page.waitForTimeout(2_500);
  equal(await freePlaces(), 0);
  await page.close();
  await until("the place is free", async () => await freePlaces() === 1);
  await until("the room is saved", () => Promise.resolve(savedRoom(room)));
  const again = await context.newPage();
  await again.goto(stack.url);
  await again.locator(".continue-card").first().click();
  await waitForState(again, "playing");
  equal(await roomOf(again), room);
  ok(!again.url().includes("continue"), "a later reload must not go back to the older moment");
  ok(!(await again.innerText("body")).includes("began anew"));
  await context.close();
});

Deno.test("[SES17] a tab that is opened at once after the closed one continues in its room, with its seat", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context, page, room } = await player();
  await page.waitForTimeout(2_500);
  const again = await context.newPage();
  await again.goto(stack.url);
  await again.locator(".continue-card").first().waitFor();
  await page.close();
  await again.locator(".continue-card").first().click();
  await waitForState(again, "playing");
  equal(await roomOf(again), room);
  await again.getByText("P1 you").first().waitFor({ state: "attached" });
  await context.close();
});

Deno.test("[PLY9] who waits sees how many are before, and plays by itself once the place is free", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context } = await player();
  const first = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await first.getByText("You are first in line").waitFor();
  const second = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await second.getByText("One player asked before you").waitFor();
  await context.close();
  await playing(first);
  await second.getByText("You are first in line").waitFor();
  await second.context().close();
  await first.context().close();
});

Deno.test("[SES15] a reload keeps place and room", async () => {
  await until("the place is free", async () => await freePlaces() === 1);
  const { context, page, room } = await player();
  await page.reload();
  equal(await playing(page), room);
  await page.waitForTimeout(6_000);
  equal(await roomOf(page), room);
  await context.close();
});

Deno.test("[SES14] after 42 s of sleep a browser resumes its game, which was saved meanwhile", async () => {
  const { stack, page, room, since, wake } = sleeper;
  await until("the room is saved", () => Promise.resolve(savedRoom(room, stack)));
  await sleep(systemClock, Math.max(0, since + ASLEEP - performance.now()));
  wake();
  // What the page shows of the moment before it slept does not count.
  await page.waitForFunction(() => document.documentElement.dataset.state !== "playing");
  ok(!(await page.innerText("body")).includes("firewall"));
  equal(await playing(page), room);
});

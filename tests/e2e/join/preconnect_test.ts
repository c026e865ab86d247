import { equal } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { until } from "../../support/waiting/waiting.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "4" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** Opens the lobby, and waits until it is connected to the worker. */
async function lobby(): Promise<Page> {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.waitForFunction(() => farpadProbe.connections.length > 0);
  await answered(page);
  return page;
}

/** How many messages of the worker came on the clock channel of the newest connection. */
function answers(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const stats = await farpadProbe.connections.at(-1)!.getStats();
    const clock = [...stats.values()].find(({ label }) => label === "clock");
    return clock?.messagesReceived ?? 0;
  });
}

/**
 * Waits until the worker answers once more: the connection is up then, and not silent. A click on another one makes a
 * new connection, as it should.
 */
async function answered(page: Page): Promise<void> {
  const before = await answers(page);
  await until("the worker answers", async () => await answers(page) > before);
}

/** Plays, and returns how many connections were made after the click. */
async function play(page: Page): Promise<number> {
  await answered(page);
  const before = await page.evaluate(() => farpadProbe.connections.length);
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  return await page.evaluate(() => farpadProbe.connections.length) - before;
}

Deno.test("[PRE1] a page in the lobby is connected, and takes no place", async () => {
  const places = async () => (await (await fetch(`${stack.url}/api/workers`)).json()).workers[0];
  const before = (await places()).free_places;
  const page = await lobby();
  equal((await places()).free_places, before);
  await page.context().close();
});

Deno.test("[PRE1] a click on a game plays it on the connection of the lobby, and makes no other", async () => {
  const page = await lobby();
  equal(await play(page), 0);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.context().close();
});

Deno.test("[PRE5] whose spare process is taken by another player connects to the next, and plays", async () => {
  const [ana, ben] = await Promise.all([lobby(), lobby()]);
  await play(ana);
  await ben.waitForFunction(() => farpadProbe.connections.length > 1);
  await play(ben);
  await Promise.all([ana, ben].map((page) => page.context().close()));
});

import { equal, match, notEqual, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import {
  openPage,
  playDuel,
  shareLink,
  soundEnergy,
  takePictures,
  waitForPicture,
  waitForState,
} from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";

/** One game in chapters, until one of them ends it: each test goes on where the one before it ended. */
let stack: Stack;
let browser: Browser;
let page: Page;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "12" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

function roomOf(page: Page): Promise<string> {
  return page.evaluate(() => document.documentElement.dataset.room ?? "");
}

Deno.test("[E2E1] a click on a game in the lobby plays it, and its pictures advance", async () => {
  page = await playDuel(browser, stack.url);
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  const counts = new Set<number>();
  await waitForPicture(page, "the twentieth count, half a second of play later", ({ bar }) => {
    if (bar) counts.add((bar.frame - first.bar!.frame + 256) % 256);
    return counts.size >= 20 && Math.max(...counts) >= 30;
  });
});

Deno.test("[E2E2] a key press changes the picture, and its release changes it back", async () => {
  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await waitForPicture(page, "a dark backdrop again", ({ bar }) => bar?.lit === false);
});

Deno.test("[E2E3] the game has sound", async () => {
  const deadline = performance.now() + PATIENCE;
  let energy = 0;
  while (energy === 0 && performance.now() < deadline) {
    await page.waitForTimeout(200);
    energy = await soundEnergy(page);
  }
  ok(energy > 0, "no sound arrived");
});

Deno.test("[E2E4] a friend joins by the share link as the second player of the same game", async () => {
  const friend = await openPage(browser, await shareLink(page));
  await waitForState(friend, "playing");
  await waitForPicture(friend, "a frame count", ({ bar }) => bar !== undefined);
  equal(await roomOf(friend), await roomOf(page));
  await friend.getByText("P2 you").first().waitFor({ state: "attached" });
  await friend.keyboard.down("KeyX");
  await waitForPicture(page, "the friend's press", ({ bar }) => bar?.lit === true);
  await friend.keyboard.up("KeyX");
  await friend.context().close();
});

Deno.test("[E2E5] a reload comes back to the same room and the same seat", async () => {
  const room = await roomOf(page);
  await page.reload();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  equal(await roomOf(page), room);
  await page.getByText("P1 you").first().waitFor({ state: "attached" });
});

Deno.test("[E2E6] a coordinator that restarts does not disturb the game", async () => {
  const room = await roomOf(page);
  await stack.restartCoordinator();
  await takePictures(page);
  const shown = await page.evaluate(() => farpadProbe.presented);
  await page.waitForFunction((before) => farpadProbe.presented > before + 20, shown);
  await page.waitForFunction(async () => {
    const { workers } = await (await fetch("/api/workers")).json();
    return workers.length > 0;
  });
  equal(await roomOf(page), room);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await page.context().close();
});

Deno.test("[E2E7] a game whose process is killed ends alone with a reason, and can be started again", async () => {
  page = await playDuel(browser, stack.url);
  const other = await playDuel(browser, stack.url);
  const room = await roomOf(page);
  stack.signalRoom(room, "SIGKILL");
  await waitForState(page, "ended");
  match(await page.innerText("body"), /ended unexpectedly/);
  await takePictures(other);
  await waitForPicture(other, "a frame count", ({ bar }) => bar !== undefined);
  await page.getByRole("button", { name: /play again/i }).click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  notEqual(await roomOf(page), room);
  await other.context().close();
  await page.context().close();
});

Deno.test("[E2E8] players of a worker that is killed see the reason, and play goes on with the next worker", async () => {
  page = await playDuel(browser, stack.url);
  await stack.worker.end("SIGKILL");
  await waitForState(page, "lost", "ended");
  await stack.restartWorker();
  await waitForState(page, "playing", "ended");
  if (await page.evaluate(() => document.documentElement.dataset.state) === "ended") {
    await page.getByRole("button", { name: /play again/i }).click();
    await waitForState(page, "playing");
  }
  await takePictures(page);
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
});

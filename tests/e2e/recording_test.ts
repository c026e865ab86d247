import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { waitFor } from "../support/field/children.ts";
import { probe } from "../support/media/recorded.ts";
import { openPage, shareLink, waitForPicture, waitForState } from "../support/player.ts";
import { bytesBelow } from "../support/recordings/bytes_below.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack(),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

async function choose(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name, exact: true }).click();
}

/** How many recordings the page lists as complete. */
function playable(page: Page): Promise<number> {
  return page.getByRole("dialog").getByRole("button", { name: /^Play/ }).count();
}

/** Waits for two seconds of play. */
async function playOn(page: Page): Promise<void> {
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  await waitForPicture(
    page,
    "two seconds of play",
    ({ bar }) => bar !== undefined && (bar.frame - first.bar!.frame + 256) % 256 > 120,
  );
}

Deno.test("[REC13] a game is recorded before everybody's eyes, its process is killed, and the recording plays", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  const friend = await openPage(browser, await shareLink(page));
  await waitForState(friend, "playing");

  await choose(page, "Record");
  for (const each of [page, friend]) {
    await each.locator(".recorded-mark").waitFor({ state: "visible" });
  }
  // A killed process leaves all but the last second or two: on a busy machine pieces are written late.
  for (let n = 0; n < 3; n++) await playOn(page);
  await waitFor(
    "a written recording",
    async () => (await bytesBelow(join(stack.dataFolder, "recordings"))) > 20_000 || undefined,
  );
  // The bars are hidden by then.
  await page.locator(".recorded-mark").waitFor({ state: "visible" });
  await choose(page, "Clip the last 30 s");
  await page.getByText("The last 30 s are kept.").waitFor();
  const room = await page.evaluate(() => document.documentElement.dataset.room ?? "");
  stack.signalRoom(room, "SIGKILL");
  await friend.context().close();

  await page.goto(stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("button", { name: "Recordings" }).click();
  await page.waitForFunction(
    () => document.querySelectorAll(".recording-list li").length === 2,
  );
  const deadline = performance.now() + PATIENCE;
  while (await playable(page) < 2 && performance.now() < deadline) await page.waitForTimeout(100);
  equal(await playable(page), 2);
  // The newest is the clip; the recording was begun before it.
  await page.getByRole("dialog").getByRole("button", { name: /^Play/ }).last().click();
  const shown = await page.waitForFunction(
    () => {
      const video = document.querySelector<HTMLVideoElement>(".recording-video");
      const isPlaying = video && video.currentTime > 0.3 && video.videoWidth > 0;
      return isPlaying ? { length: video.duration, width: video.videoWidth } : undefined;
    },
  ).then((found) => found.jsonValue());
  ok(shown && shown.length > 1 && Number.isFinite(shown.length), JSON.stringify(shown));
  await page.context().close();

  const folder = join(stack.dataFolder, "recordings");
  for await (const { name } of Deno.readDir(folder)) {
    // Folders of what is being made.
    if (name.startsWith(".")) continue;
    const found = await probe(join(folder, name, "video.mp4"));
    ok(found.pictures > 20 && found.sounds > 60, `${name}: ${JSON.stringify(found)}`);
    // A game that a busy machine slows down has less sound than its pictures last, until the next pause of both.
    ok(Math.abs(found.lastPicture - found.lastSound) < 1, `${name}: ${JSON.stringify(found)}`);
  }
});

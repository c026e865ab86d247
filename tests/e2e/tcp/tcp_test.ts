import { equal, match, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, waitForState } from "../../support/player.ts";
import { withoutUdp } from "../../support/page/without_udp.ts";
import { watchCanvas, type WatchedCanvas } from "../../support/page/canvas_watch.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "6" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** From the lobby into the game. */
async function play(): Promise<{ page: Page; canvas: WatchedCanvas }> {
  const page = await openPage(browser, stack.url, { prepare: withoutUdp });
  await waitForState(page, "lobby");
  const canvas = await watchCanvas(page);
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  return { page, canvas };
}

Deno.test("[TCP1] without UDP a click in the lobby plays over TCP: pictures advance, a press lights one, sound is there", async () => {
  const { page, canvas } = await play();
  const first = await canvas.until("a frame count", ({ bar }) => bar !== undefined);
  const advanced = (frame: number) => (frame - first.bar!.frame + 256) % 256;
  await canvas.until("a later count", ({ bar }) => bar !== undefined && advanced(bar.frame) > 20);
  await page.keyboard.down("KeyX");
  await canvas.until("a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await canvas.until("a dark backdrop", ({ bar }) => bar?.lit === false);
  ok(await canvas.soundEnergy() > 0, "no sound reached the loudspeaker in 10 s");
  match(await page.innerText(".vitals"), /over TCP/i);
  await page.context().close();
});

Deno.test("[TCP9] over TCP a reload comes back to the same room", async () => {
  const { page } = await play();
  const room = await page.evaluate(() => document.documentElement.dataset.room);
  await page.reload();
  await waitForState(page, "playing");
  const canvas = await watchCanvas(page);
  await canvas.until("a frame count", ({ bar }) => bar !== undefined);
  equal(await page.evaluate(() => document.documentElement.dataset.room), room);
  await page.context().close();
});

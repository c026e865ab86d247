import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, shareLink, waitForPicture, waitForState } from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;
let folder: string;

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "farpad-saves-" });
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_SAVES: folder, FARPAD_WORKER_ID: "w1" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

const roomOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.room ?? "");
const frameOf = async (page: Page) =>
  (await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined)).bar!.frame;

/** The folder in which the room's states are kept; undefined before the first one. */
async function firstState(): Promise<string | undefined> {
  for await (const { name: owner } of Deno.readDir(folder)) {
    const rooms = join(folder, owner, "paddle-duel", "rooms");
    for await (const { name } of Deno.readDir(rooms)) if (name.endsWith(".save")) return name;
  }
  return undefined;
}

Deno.test("[MOV1] the worker is killed, and the room goes on at another one with all who were in it", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  const friend = await openPage(browser, await shareLink(page));
  await waitForState(friend, "playing");
  const room = await roomOf(page);
  await stack.addWorker("w2");
  const deadline = performance.now() + 15_000;
  while (await firstState().catch(() => undefined) === undefined) {
    ok(performance.now() < deadline, "the room writes its state");
    await page.waitForTimeout(100);
  }
  await Promise.all([frameOf(page), frameOf(friend)]);

  await stack.worker.end("SIGKILL");
  const killed = performance.now();
  for (const each of [page, friend]) {
    await each.getByText(/The worker of this game was lost. Another one goes on from/).waitFor();
    await waitForState(each, "playing");
    await frameOf(each);
  }
  console.log(`resumed elsewhere after ${Math.round(performance.now() - killed)} ms`);
  equal(await roomOf(page), room);
  equal(await roomOf(friend), room);
  match(await page.locator(".top-bar").innerText(), /P1\s*you/i);
  match(await friend.locator(".top-bar").innerText(), /P2\s*you/i);
  await page.context().close();
  await friend.context().close();
});

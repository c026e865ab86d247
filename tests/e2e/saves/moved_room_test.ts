import { equal, match, ok } from "node:assert/strict";
import { systemClock } from "../../../protocol/clock.ts";
import { s3Store } from "../../../worker/saves/s3/store.ts";
import { S3_KEY, startS3 } from "../../support/saves/s3_server.ts";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import {
  openPage,
  shareLink,
  takePictures,
  waitForPicture,
  waitForState,
} from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

let stack: Stack;
let browser: Browser;
let s3: Awaited<ReturnType<typeof startS3>>;

Deno.test.beforeAll(async () => {
  s3 = await startS3();
  [stack, browser] = await Promise.all([
    startStack({
      FARPAD_WORKER_ID: "w1",
      FARPAD_S3_ENDPOINT: s3.url,
      FARPAD_S3_BUCKET: "saves",
      FARPAD_S3_ACCESS_KEY: S3_KEY.accessKey,
      FARPAD_S3_SECRET_KEY: S3_KEY.secretKey,
    }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});

const roomOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.room ?? "");
const frameOf = async (page: Page) =>
  (await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined)).bar!.frame;

/** Whether the room has written a state. */
async function isSaved(room: string): Promise<boolean> {
  const options = { clock: systemClock, endpoint: s3.url, bucket: "saves", region: "us-east-1" };
  const files = await s3Store({ ...options, ...S3_KEY }).list("");
  return files.some(({ key }) => key.endsWith(`/rooms/${room}.save`));
}

Deno.test("[MOV8] [MOV1] a killed worker that starts again goes on with its room, and another one does once it is away", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  const friend = await openPage(browser, await shareLink(page));
  await waitForState(friend, "playing");
  const room = await roomOf(page);
  await Promise.all([frameOf(page), frameOf(friend)]);
  const deadline = performance.now() + PATIENCE;
  while (!await isSaved(room)) {
    ok(performance.now() < deadline, "the room writes its state");
    await page.waitForTimeout(100);
  }
  await stack.worker.end("SIGKILL");
  await stack.restartWorker();
  for (const each of [page, friend]) {
    await waitForState(each, "playing");
    await takePictures(each);
    await frameOf(each);
    equal(await roomOf(each), room);
  }

  await stack.addWorker("w2");
  await stack.worker.end("SIGKILL");
  for (const each of [page, friend]) {
    await each.getByText(/The worker of this game was lost. It goes on at another one/).waitFor();
    await waitForState(each, "playing");
    await frameOf(each);
  }
  equal(await roomOf(page), room);
  equal(await roomOf(friend), room);
  match((await page.locator(".top-bar").textContent()) ?? "", /P1\s*you/i);
  match((await friend.locator(".top-bar").textContent()) ?? "", /P2\s*you/i);
  await page.context().close();
  await friend.context().close();
});

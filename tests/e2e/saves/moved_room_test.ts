import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../protocol/clock.ts";
import { s3Store } from "../../../worker/saves/s3/store.ts";
import { buildPaddleDuel } from "../../../worker/sources/demo/build_rom.ts";
import { FIRST_BYTES, readHead, type SaveHead } from "../../../worker/saves/save_file.ts";
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

const NESTOPIA = `/usr/lib/${Deno.build.arch}-linux-gnu/libretro/nestopia_libretro.so`;

let stack: Stack;
let browser: Browser;
let roms: string;
let s3: Awaited<ReturnType<typeof startS3>>;

Deno.test.beforeAll(async () => {
  s3 = await startS3();
  roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  await Deno.writeFile(join(roms, "Duel Cartridge (World).nes"), buildPaddleDuel());
  [stack, browser] = await Promise.all([
    startStack({
      FARPAD_WORKER_ID: "w1",
      FARPAD_ROMS: roms,
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
  await Deno.remove(roms, { recursive: true });
});

const roomOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.room ?? "");
const frameOf = async (page: Page) =>
  (await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined)).bar!.frame;

/** What the newest state says of itself that the room has written. */
async function savedHead(room: string): Promise<SaveHead | undefined> {
  const options = { clock: systemClock, endpoint: s3.url, bucket: "saves", region: "us-east-1" };
  const store = s3Store({ ...options, ...S3_KEY });
  const file = (await store.list("")).find(({ key }) => key.endsWith(`/rooms/${room}.save`));
  const first = file && await store.get(file.key, { first: FIRST_BYTES });
  return first && readHead(first).head;
}

/** Opens the options of the game; the field of one of its core that changes no picture. */
async function openOption(page: Page) {
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Options", exact: true }).click();
  return page.getByRole("dialog").getByLabel("Turbo Pulse Speed");
}

Deno.test("[MOV8] [MOV1] [OPT5] a killed worker that starts again goes on with its room, and another one does once it is away, with its state and options", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Duel Cartridge/ }).first().click();
  await waitForState(page, "playing");
  const friend = await openPage(browser, await shareLink(page));
  await waitForState(friend, "playing");
  const room = await roomOf(page);
  await Promise.all([frameOf(page), frameOf(friend)]);
  // Where the system has no core for the game, the built-in one declares no option.
  const hasOptions = Boolean(await Deno.stat(NESTOPIA).catch(() => undefined));
  if (hasOptions) {
    await (await openOption(page)).selectOption("7");
    await page.keyboard.press("Escape");
  }
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const head = await savedHead(room);
    if (head && (!hasOptions || head.options?.values.nestopia_turbo_pulse === "7")) break;
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
    await each.getByText(
      /The worker of this game was lost. It goes on at another one, from its state/,
    ).waitFor();
    await waitForState(each, "playing");
    await frameOf(each);
  }
  equal(await roomOf(page), room);
  equal(await roomOf(friend), room);
  match((await page.locator(".top-bar").textContent()) ?? "", /P1\s*you/i);
  match((await friend.locator(".top-bar").textContent()) ?? "", /P2\s*you/i);
  if (hasOptions) equal(await (await openOption(page)).inputValue(), "7");
  await page.context().close();
  await friend.context().close();
});

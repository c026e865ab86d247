/**
 * The journey of a player in Firefox, which gets VP8 and not H.264 and lets sound begin only after a press.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox, Page } from "puppeteer-core";
import { launchChromium } from "../../support/browser.ts";
import {
  firefoxShareLink,
  launchFirefox,
  openFirefoxPage,
  waitForFirefoxState,
} from "../../support/firefox.ts";
import {
  type AnyPage,
  openPage,
  shareLink,
  soundEnergy,
  waitForPicture,
  waitForState,
} from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

let stack: Stack;
let firefox: Firefox;
/** What pages could not do: uncaught errors and console errors. */
const faults: string[] = [];

Deno.test.beforeAll(async () => {
  [stack, firefox] = await Promise.all([startStack({ FARPAD_CAPACITY: "4" }), launchFirefox()]);
});

Deno.test.afterAll(async () => {
  await firefox.close();
  await stack[Symbol.asyncDispose]();
});

Deno.test.afterEach(() => deepEqual(faults.splice(0), []));

function open(url: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
  return openFirefoxPage(firefox, url, async (page) => {
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await prepare?.(page);
  });
}

/**
 * Opens a page and waits until it shows the button that starts sound. The page reports that by itself: for Firefox,
 * each script that the driver runs in a page is a press. `before` runs in the page before its first script.
 */
async function openUnpressed(url: string, before: () => void = () => {}) {
  const shown = Promise.withResolvers<string>();
  const page = await open(url, async (page) => {
    page.on("console", (message) => {
      const [mark, words] = message.text().split(": ");
      if (mark === "sound press" && words) shown.resolve(words);
    });
    await page.evaluateOnNewDocument(before);
    await page.evaluateOnNewDocument(() => {
      const timer = setInterval(() => {
        const button = document.querySelector("button.sound-press");
        if (!button) return;
        clearInterval(timer);
        console.info(`sound press: ${button.textContent}`);
      }, 50);
    });
  });
  const limit = setTimeout(() => shown.reject(new Error("No button for sound")), PATIENCE);
  try {
    return { page, words: await shown.promise };
  } finally {
    clearTimeout(limit);
  }
}

/** From the lobby into the running game. */
async function play(): Promise<Page> {
  const page = await open(stack.url);
  await waitForFirefoxState(page, "lobby");
  await page.locator("a ::-p-text(Paddle Duel)").click();
  await waitForFirefoxState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  return page;
}

function roomOf(page: AnyPage): Promise<string> {
  return page.evaluate(() => document.documentElement.dataset.room ?? "");
}

/** The codec of the pictures that arrive, as `getStats` names it. */
function videoCodec(page: AnyPage): Promise<string> {
  return page.evaluate(async () => {
    for (const connection of farpadProbe.connections) {
      const reports = [...(await connection.getStats()).values()];
      const video = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
      const codec = reports.find(({ id }) => id === video?.codecId);
      if (codec) return String(codec.mimeType);
    }
    return "none";
  });
}

Deno.test("[E2E1] [E2E2] [E2E3] [BRW1] Firefox: a click plays a game with pictures, sound and keys", async () => {
  const page = await play();
  equal(await videoCodec(page), "video/VP8");
  // The supplied one has no adopt().
  equal(await page.evaluate(() => "adopt" in DisposableStack.prototype), false);
  const { bar: first } = await waitForPicture(
    page,
    "a frame count",
    ({ bar }) => bar !== undefined,
  );
  const advanced = (frame: number) => (frame - first!.frame + 256) % 256;
  await waitForPicture(
    page,
    "a count that is half a second of play later",
    ({ bar }) => bar !== undefined && advanced(bar.frame) >= 30 && advanced(bar.frame) < 200,
  );

  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await waitForPicture(page, "a dark backdrop again", ({ bar }) => bar?.lit === false);

  const deadline = performance.now() + PATIENCE;
  while (await soundEnergy(page) === 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  ok(await soundEnergy(page) > 0, "no sound arrived");
  equal(await page.evaluate(() => document.querySelector("video")!.muted), false);
  await page.browserContext().close();
});

Deno.test("[E2E5] Firefox: a reload comes back to the same room", async () => {
  const page = await play();
  const room = await roomOf(page);
  await page.reload();
  await waitForFirefoxState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  equal(await roomOf(page), room);
  await page.browserContext().close();
});

Deno.test("[E2E4] Firefox: a friend joins by a share link and turns sound on with a press", async () => {
  const page = await play();
  const { page: friend, words } = await openUnpressed(await firefoxShareLink(page));
  equal(words, "Turn on sound");
  await waitForFirefoxState(friend, "playing");
  await waitForPicture(friend, "a frame count", ({ bar }) => bar !== undefined);
  equal(await roomOf(friend), await roomOf(page));
  await friend.locator("button.sound-press").click();
  await friend.waitForFunction(() => !document.querySelector("video")!.muted);
  await friend.keyboard.down("KeyX");
  await waitForPicture(page, "the friend's press", ({ bar }) => bar?.lit === true);
  await friend.keyboard.up("KeyX");
  await friend.browserContext().close();
  await page.browserContext().close();
});

Deno.test("[BRW4] Firefox: where even silent pictures are blocked, one press starts picture and sound", async () => {
  const lobby = await open(stack.url);
  await waitForFirefoxState(lobby, "lobby");
  const game = await lobby.$eval('a[href*="/play/"]', (link) => (link as HTMLAnchorElement).href);
  await lobby.browserContext().close();
  const { page, words } = await openUnpressed(game, () => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
      if (navigator.userActivation.hasBeenActive) return play.call(this);
      return Promise.reject(new DOMException("a press is missing", "NotAllowedError"));
    };
  });
  equal(words, "Start picture and sound");
  await page.locator("button.sound-press").click();
  await waitForFirefoxState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  deepEqual(
    await page.$eval("video", (video) => [
      video.muted,
      video.paused,
      video.hasAttribute("playsinline"),
    ]),
    [false, false, true],
  );
  await page.browserContext().close();
});

Deno.test("[E2E4] Firefox watches by a link what Chromium plays", async () => {
  const chromium: Chromium = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const player = await openPage(chromium, stack.url);
    await waitForState(player, "lobby");
    await player.getByRole("link", { name: /Paddle Duel/ }).first().click();
    await waitForState(player, "playing");
    const watcher = await open(await shareLink(player, "Only watch"));
    await waitForFirefoxState(watcher, "playing");
    await waitForPicture(watcher, "a dark backdrop", ({ bar }) => bar?.lit === false);
    await player.keyboard.down("KeyX");
    await waitForPicture(watcher, "the player's press", ({ bar }) => bar?.lit === true);
    await player.keyboard.up("KeyX");
    await waitForPicture(watcher, "the player's release", ({ bar }) => bar?.lit === false);
    deepEqual(await Promise.all([videoCodec(player), videoCodec(watcher)]), [
      "video/H264",
      "video/VP8",
    ]);
    await watcher.browserContext().close();
  } finally {
    await chromium.close();
  }
});

/**
 * A player whose network changes during the game.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { waitForPicture, waitForState } from "../../support/player.ts";
import { clear } from "../../support/relay/regimes.ts";
import { openRelayedPage, type RelayedPage } from "../../support/relay/relayed_page.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

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

/** The connection and the room of a page. */
function place({ page }: RelayedPage) {
  return page.evaluate(() => ({
    state: document.documentElement.dataset.state,
    room: document.documentElement.dataset.room,
    connections: farpadProbe.connections.length,
  }));
}

/** Waits until a press lights the picture, and its end darkens it: the page has its seat and its picture. */
async function press({ page }: RelayedPage): Promise<void> {
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
}

Deno.test("[SIG10] when the path and the page's socket die and others open, the same connection goes on: picture, seat and pad", async () => {
  await using relayed = await openRelayedPage(browser, `${stack.url}/play/paddle-duel`, {
    regime: clear(20),
    seed: 1,
  });
  await waitForState(relayed.page, "playing");
  await press(relayed);
  const before = await place(relayed);
  for (const event of [undefined, "online"]) {
    await relayed.move();
    // The second time the browser says so, and the page need not wait for a silence.
    if (event) await relayed.page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
    await press(relayed);
    deepEqual(await place(relayed), before);
  }
});

/**
 * A player on a good network, and a watcher of the same room behind one that carries less.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import type { Page } from "playwright-core";
import { openPage, shareLink, waitForState } from "../support/player.ts";
import { type PatternStack, startPatternStack } from "../support/relay/pattern_stack.ts";
import { clear, narrow } from "../support/relay/regimes.ts";
import { openRelayedPage } from "../support/relay/relayed_page.ts";

const SIZE = { width: 640, height: 480 };
/** How long a change of the size may take, in milliseconds. */
const LIMIT = 60_000;
/** So many pictures in half the size come three times. */
const PICTURES = 20;

let stack: PatternStack;

Deno.test.beforeAll(async () => {
  stack = await startPatternStack({ ...SIZE, frame_rate: 30, noise: 24 });
});

Deno.test.afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

async function waitForWidth(page: Page, width: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => farpadProbe.pictures.at(-1)?.width === wanted,
    width,
    { timeout: LIMIT },
  );
}

Deno.test("[LAY1] on 0.8 Mbit/s a watcher's pictures go on in half the size, and the player has whole ones", async () => {
  const player = await openPage(stack.browser, stack.url);
  await waitForState(player, "playing");
  const link = await shareLink(player, "Only watch");
  await using watcher = await openRelayedPage(stack.browser, link, { regime: clear(20), seed: 2 });
  await waitForState(watcher.page, "playing");
  await waitForWidth(watcher.page, SIZE.width);

  const connections = () => watcher.page.evaluate(() => farpadProbe.connections.length);
  const before = await connections();
  watcher.relay.change(narrow(800_000));
  await waitForWidth(watcher.page, SIZE.width / 2);
  await waitForWidth(player, SIZE.width);
  for (let time = 0; time < 3; time++) {
    const shown = await watcher.page.evaluate(() => farpadProbe.presented);
    await watcher.page.waitForFunction(
      (many) => farpadProbe.presented >= many,
      shown + PICTURES,
      { timeout: LIMIT },
    );
  }
  equal(await connections(), before);
  equal(await watcher.page.evaluate(() => document.documentElement.dataset.state), "playing");
  const why = watcher.page.locator('.vitals[aria-label*="narrow network: smaller picture"]');
  await why.waitFor({ state: "attached" });

  watcher.relay.change(clear(20));
  await waitForWidth(watcher.page, SIZE.width);
  await player.context().close();
});

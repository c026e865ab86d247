/**
 * A real browser behind a network that carries too little for whole pictures.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { waitForState } from "../support/player.ts";
import { type PatternStack, startPatternStack } from "../support/relay/pattern_stack.ts";
import { clear, narrow } from "../support/relay/regimes.ts";
import { openRelayedPage, type RelayedPage } from "../support/relay/relayed_page.ts";

const SIZE = { width: 640, height: 480 };
/** How long a change of the size may take, in milliseconds: up goes one step each two seconds. */
const LIMIT = 40_000;

let stack: PatternStack;

Deno.test.beforeAll(async () => {
  stack = await startPatternStack({ ...SIZE, frame_rate: 30, noise: 24 });
});

Deno.test.afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

/** Waits until pictures are as wide as the fraction of their full width, and go on. */
async function waitForWidth({ page }: RelayedPage, width: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => farpadProbe.pictures.at(-1)?.width === wanted,
    width,
    { timeout: LIMIT },
  );
}

Deno.test("[LAD1] on 0.4 Mbit/s pictures become smaller and go on, and whole again when the network does", async () => {
  await using relayed = await openRelayedPage(stack.browser, stack.url, {
    regime: clear(20),
    seed: 1,
  });
  await waitForState(relayed.page, "playing");
  await waitForWidth(relayed, SIZE.width);
  relayed.relay.change(narrow(400_000));
  await waitForWidth(relayed, SIZE.width / 2);
  relayed.relay.change(clear(20));
  await waitForWidth(relayed, SIZE.width);
  equal(await relayed.page.evaluate(() => document.documentElement.dataset.state), "playing");
  equal(await relayed.page.evaluate(() => farpadProbe.connections.length), 1);
});

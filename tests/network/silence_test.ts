/**
 * A real browser behind a network of which one direction is cut.
 *
 * @module
 */
import { deepEqual, ok } from "node:assert/strict";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { waitForState } from "../support/player.ts";
import { type PatternStack, startPatternStack } from "../support/relay/pattern_stack.ts";
import { always } from "../support/relay/conditions.ts";
import { clear } from "../support/relay/regimes.ts";
import { openRelayedPage, type RelayedPage } from "../support/relay/relayed_page.ts";

const CLEAR = clear(20);
const CUT = always({ blackout: true });

let stack: PatternStack;

Deno.test.beforeAll(async () => {
  stack = await startPatternStack({ width: 640, height: 480, frame_rate: 30, noise: 8 });
});

Deno.test.afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

/** How far a page is: its state, its connections so far and the pictures that it has shown. */
function progress({ page }: RelayedPage) {
  return page.evaluate(() => ({
    state: document.documentElement.dataset.state,
    connections: farpadProbe.connections.length,
    presented: farpadProbe.presented,
  }));
}

Deno.test("[SIL2] while only the way to the worker is cut for 3 s, pictures go on and nothing reconnects", async () => {
  await using relayed = await openRelayedPage(stack.browser, stack.url, { regime: CLEAR, seed: 1 });
  await waitForState(relayed.page, "playing");
  await sleep(systemClock, 1_000);
  const steps = [await progress(relayed)];
  relayed.relay.change({ ...CLEAR, up: CUT });
  for (let second = 0; second < 3; second++) {
    await sleep(systemClock, 1_000);
    steps.push(await progress(relayed));
  }
  relayed.relay.change(CLEAR);
  for (let second = 0; second < 4; second++) {
    await sleep(systemClock, 1_000);
    steps.push(await progress(relayed));
  }
  const [first] = steps;
  for (const { state, connections } of steps) {
    deepEqual([state, connections], ["playing", first!.connections]);
  }
  const shown = steps.slice(1).map(({ presented }, index) => presented - steps[index]!.presented);
  ok(shown.every((count) => count > 2), `${shown} pictures in the seconds`);
});

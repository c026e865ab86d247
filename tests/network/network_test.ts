/**
 * A player on a bad network: the relay stands between a real browser and the worker.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { preciseEpoch } from "../../protocol/clock.ts";
import { timeCodeAge } from "../../protocol/picture/time_code.ts";
import { launchChromium } from "../support/browser.ts";
import { waitForPicture, waitForState } from "../support/player.ts";
import { blackout, clear, lossy, narrow, type Regime } from "../support/relay/regimes.ts";
import { openRelayedPage, type RelayedPage, targetBitrate } from "../support/relay/relayed_page.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";

/** With noise, so that the picture needs the bitrate that it may have. */
const PATTERN = { width: 640, height: 480, frame_rate: 30, noise: 24 };
/** How long a change may take on a busy machine, in milliseconds. */
const PATIENCE = 30_000;

let roms: string;
let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  Deno.writeTextFileSync(join(roms, "Noise.pattern"), JSON.stringify(PATTERN));
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_ROMS: roms }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await Deno.remove(roms, { recursive: true });
});

async function play(regime: Regime): Promise<RelayedPage> {
  const relayed = await openRelayedPage(browser, `${stack.url}/play/noise`, { regime, seed: 1 });
  await waitForState(relayed.page, "playing");
  await pictureDrawnAfter(relayed, preciseEpoch());
  return relayed;
}

/** Waits for a picture that was drawn after an instant, in milliseconds since 1970. */
function pictureDrawnAfter({ page }: RelayedPage, instant: number): Promise<unknown> {
  return waitForPicture(
    page,
    "a later time",
    ({ drawnAt }) => drawnAt !== undefined && timeCodeAge(drawnAt, instant) < 0,
  );
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await holds()) {
    ok(performance.now() < deadline, `waited ${PATIENCE / 1000} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test("[E2E30] pictures go on while 3 % of the packets are lost both ways", async () => {
  await using relayed = await play(lossy(0.03));
  const { relay } = relayed;
  await until("8 packets were lost", () => relay.counts.down.lost >= 8);
  await pictureDrawnAfter(relayed, preciseEpoch());
});

Deno.test("[E2E31] after a second in which nothing passes the picture returns", async () => {
  await using relayed = await play(clear(20));
  relayed.relay.change(blackout(1_000));
  await pictureDrawnAfter(relayed, preciseEpoch() + 1_000);
  ok(relayed.relay.counts.down.blackedOut > 0);
});

Deno.test("[E2E32] the bitrate follows a link that becomes narrow", async () => {
  await using relayed = await play(clear(20));
  await until(
    "the worker reports a target",
    async () => await targetBitrate(relayed) !== undefined,
  );
  relayed.relay.change(narrow(1_000_000));
  await until("the target fits 1 Mbit/s", async () => (await targetBitrate(relayed))! <= 1_100_000);
  await pictureDrawnAfter(relayed, preciseEpoch());
});

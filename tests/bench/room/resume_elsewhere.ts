/**
 * Measures how long a game stands still whose worker is killed, until a picture of the worker that goes on with it: in
 * Chromium, with two workers that share their saves.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../../support/player.ts";
import { startStack } from "../../support/stack/stack.ts";
import { median, round } from "../figures.ts";

/** Workers that are killed one after another. */
const REPEATS = 5;
/** Within this time a room that runs has written its state, in milliseconds. */
const SAVED_WITHIN = 12_000;

/** Runs the benchmark. */
export async function resumeElsewhere(): Promise<Record<string, number>> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-saves-" });
  const env = { FARPAD_SAVES: folder };
  await using stack = await startStack({ ...env, FARPAD_WORKER_ID: "w0" });
  await using browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await picture(page);
  await page.waitForTimeout(SAVED_WITHIN);
  const times: number[] = [];
  let running = stack.worker;
  for (let n = 1; n <= REPEATS; n++) {
    const next = await stack.addWorker(`w${n}`);
    await picture(page);
    const killed = performance.now();
    await running.end("SIGKILL");
    await page.getByText(/It goes on at another one/).waitFor();
    await picture(page);
    times.push(performance.now() - killed);
    await page.getByText(/It goes on at another one/).waitFor({ state: "detached" });
    running = next;
  }
  await Deno.remove(folder, { recursive: true });
  return {
    resume_elsewhere_ms: round(median(times)),
    resume_elsewhere_ms_max: round(Math.max(...times)),
  };
}

function picture(page: Page) {
  return waitForPicture(page, "a picture of the game", ({ bar }) => bar !== undefined);
}

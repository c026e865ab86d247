/**
 * Measures whether files disturb pictures: the time between two pictures of a running game in Chromium, at rest, while a
 * save is uploaded and while it is downloaded, and how fast the files pass.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { packSave, readSave } from "../../../worker/saves/save_file.ts";
import { launchChromium } from "../../support/browser.ts";
import { openPage, takePictures, waitForPicture, waitForState } from "../../support/player.ts";
import { startStack } from "../../support/stack/stack.ts";
import { percentile, round } from "../figures.ts";

/** Bytes of the state in the file; random ones, which do not become fewer when they are packed. */
const STATE = 2_000_000;
/** How long pictures are watched at rest, in milliseconds. */
const REST = 8_000;

/** Runs the benchmark. */
export async function transfer(): Promise<Record<string, number>> {
  await using stack = await startStack();
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const page = await openPage(browser, stack.url);
    await waitForState(page, "lobby");
    await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
    await waitForState(page, "playing");
    await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Saves", exact: true }).click();
    const file = await makeFile(page);
    const rest = await watch(page, () => page.waitForTimeout(REST));
    const up = await watch(page, async () => {
      await page.getByLabel("File of a save").setInputFiles(file);
      await page.getByText("The save is in the list.").waitFor({ timeout: 60_000 });
    });
    const row = page.locator(".dialog-list li").filter({ hasText: "Large" });
    await row.waitFor();
    const down = await watch(page, async () => {
      const [download] = await Promise.all([
        page.waitForEvent("download", { timeout: 60_000 }),
        row.getByRole("button", { name: /^Download/ }).click(),
      ]);
      await download.path();
    });
    return {
      rest_interval_p95_ms: rest.interval,
      upload_interval_p95_ms: up.interval,
      download_interval_p95_ms: down.interval,
      rest_interval_p99_ms: rest.late,
      upload_interval_p99_ms: up.late,
      download_interval_p99_ms: down.late,
      upload_kbyte_s: round(STATE / up.took),
      download_kbyte_s: round(STATE / down.took),
    };
  } finally {
    await browser.close();
  }
}

/** A save of the game with a large state, by the head of a small one. */
async function makeFile(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Save now" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Download/ }).first().click(),
  ]);
  const { head } = await readSave(await Deno.readFile(await download.path()));
  const state = new Uint8Array(STATE);
  for (let at = 0; at < STATE; at += 50_000) {
    crypto.getRandomValues(state.subarray(at, at + 50_000));
  }
  const path = await Deno.makeTempFile({ suffix: ".fpsave" });
  await Deno.writeFile(path, await packSave({ head: { ...head!, name: "Large" }, state }));
  return path;
}

/** The times between pictures while something is done, and how long that took, in milliseconds. */
async function watch(page: Page, act: () => Promise<unknown>) {
  await takePictures(page);
  const began = performance.now();
  await act();
  const took = performance.now() - began;
  const times = (await takePictures(page)).map(({ presentedAt }) => presentedAt);
  const intervals = times.slice(1).map((time, n) => time - times[n]!);
  return {
    interval: round(percentile(intervals, 0.95)),
    late: round(percentile(intervals, 0.99)),
    took,
  };
}

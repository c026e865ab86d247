import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import {
  openPage,
  playDuel,
  takePictures,
  waitForPicture,
  waitForState,
} from "../../support/player.ts";
import { findFaults } from "../../support/axe.ts";
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

Deno.test("[SAV11] [PLY49] a save gets a name and a picture, is loaded, renamed and removed, on a small screen", async () => {
  const page = await openPage(browser, stack.url);
  await page.setViewportSize({ width: 320, height: 568 });
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  const openSaves = async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Saves", exact: true }).click();
  };
  await openSaves();
  const dialog = page.getByRole("dialog", { name: "Saves" });
  await dialog.getByText("This game has no saves yet.").waitFor();
  await dialog.getByLabel("Name of the new save").fill("Before the dragon");
  await dialog.getByRole("button", { name: "Save now" }).click();
  await dialog.getByRole("status").getByText(/^Saved \(/).waitFor();
  const rows = dialog.locator(".dialog-list li");
  const row = rows.filter({ hasText: "Before the dragon" });
  await row.locator("img.save-picture").waitFor();
  deepEqual(
    await row.locator("img").evaluate((image: HTMLImageElement) => [
      image.naturalWidth,
      image.naturalHeight > 0,
    ]),
    [128, true],
  );
  deepEqual(await findFaults(page), []);
  equal(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    true,
    "nothing is wider than the screen",
  );
  await row.getByRole("button", { name: /^Load/ }).click();
  await page.getByText("Back at that save.").waitFor();
  await openSaves();
  await row.getByRole("button", { name: /^Rename/ }).click();
  await dialog.getByLabel("Name of the save", { exact: true }).fill("After");
  await dialog.getByRole("button", { name: "Rename", exact: true }).click();
  const renamed = rows.filter({ hasText: "After" });
  await renamed.getByRole("button", { name: /^Remove/ }).click();
  await renamed.getByRole("button", { name: "Remove for ever" }).click();
  await renamed.waitFor({ state: "detached" });
  await page.context().close();
});

Deno.test("[REW7] a held key goes back step by step with the pictures of then, and it can be undone", async () => {
  const page = await playDuel(browser, stack.url);
  await page.getByRole("button", { name: "Go back, while held" }).waitFor();
  await page.waitForTimeout(3_000);
  await takePictures(page);
  await page.keyboard.down("KeyR");
  const note = page.locator(".rewind-note");
  await note.getByText(/[2-9](\.\d)?\s*s back/).waitFor();
  await page.keyboard.up("KeyR");
  const counts = (await takePictures(page)).flatMap(({ bar }) => bar ? [bar.frame] : []);
  const steps = counts.slice(1).map((count, n) => (count - counts[n]! + 256) % 256);
  ok(steps.some((step) => step > 128), `no picture goes back: ${counts}`);
  await note.getByRole("button", { name: "Undo" }).click();
  await note.waitFor({ state: "detached" });
  await takePictures(page);
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  await waitForPicture(
    page,
    "play that goes on",
    ({ bar }) => bar !== undefined && (bar.frame - first.bar!.frame + 256) % 256 > 20,
  );
  deepEqual(await findFaults(page), []);
  await page.context().close();
});

Deno.test("[SAV21] a core that ends in the middle of a save loses no earlier one, and disturbs nobody else", async () => {
  const page = await playDuel(browser, stack.url);
  const other = await playDuel(browser, stack.url);
  const room = await page.evaluate(() => document.documentElement.dataset.room ?? "");
  const dialog = page.getByRole("dialog", { name: "Saves" });
  const openSaves = async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Saves", exact: true }).click();
  };
  await openSaves();
  await dialog.getByLabel("Name of the new save").fill("Kept");
  await dialog.getByRole("button", { name: "Save now" }).click();
  await dialog.locator(".dialog-list li").filter({ hasText: "Kept" }).waitFor();
  await page.keyboard.press("Escape");
  // The save is under way when its process ends: the process stands still when it is asked.
  stack.signalRoom(room, "SIGSTOP");
  await page.keyboard.press("F2");
  stack.signalRoom(room, "SIGKILL");
  await waitForState(page, "ended");
  match(await page.innerText("body"), /ended unexpectedly/);
  await takePictures(other);
  await waitForPicture(other, "a frame count", ({ bar }) => bar !== undefined);
  await page.getByRole("button", { name: /play again/i }).click();
  await waitForState(page, "playing");
  await openSaves();
  const kept = dialog.locator(".dialog-list li").filter({ hasText: "Kept" });
  await kept.getByRole("button", { name: /^Load/ }).click();
  await page.getByText("Back at that save.").waitFor();
  await other.context().close();
  await page.context().close();
});

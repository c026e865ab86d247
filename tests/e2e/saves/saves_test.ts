import { deepEqual, equal } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../../support/player.ts";
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

Deno.test("[SAV11] a save gets a name and a picture, is loaded, renamed and removed, on a small screen", async () => {
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
  const rows = dialog.locator(".save-list li");
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

import { deepEqual, equal } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { findFaults } from "../support/axe.ts";
import { launchShell } from "../support/browser.ts";
import { storiesIn } from "../support/operator/operator_page.ts";

const WALL = "/operator/streams/wall";

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

const on = storiesIn(() => browser);

/** The names of the streams whose sound is on. */
function audible(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("video")].filter(({ muted }) => !muted)
      .map((video) => video.getAttribute("aria-label") ?? "")
  );
}

/** Hides or shows the tab, as the browser reports it. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** How many pictures stand in each row, from the top, and whether the screen shows all of them whole. */
function gridOf(page: Page): Promise<{ rows: number[]; fits: boolean }> {
  return page.evaluate(() => {
    const boxes = [...document.querySelectorAll(".wall-tile")].map((tile) =>
      tile.getBoundingClientRect()
    );
    const tops = [...new Set(boxes.map(({ top }) => top))].sort((a, b) => a - b);
    return {
      rows: tops.map((at) => boxes.filter(({ top }) => top === at).length),
      fits: boxes.every(({ right, bottom }) => right <= innerWidth && bottom <= innerHeight),
    };
  });
}

Deno.test("[WAL1] [WAL3] [WAL4] [WAL6] the wall: the worst first, one sound, keys, a press opens the stream, none plays in a hidden tab, and a large screen shows four rows of four", () =>
  on(WALL, async (page) => {
    const links = page.locator(".wall-link");
    await links.nth(15).waitFor();
    deepEqual((await links.allInnerTexts()).slice(0, 2), ["box-18", "Chase boat 1"]);
    await page.getByText(/^\d+ of 16 streams need attention$/).waitFor();
    await page.locator(".wall-tile video").nth(1).waitFor();
    deepEqual(await findFaults(page), []);

    await page.getByRole("button", { name: "Sound of box-18" }).click();
    deepEqual(await audible(page), ["Live picture of box-18"]);
    await page.getByRole("button", { name: "Sound of Chase boat 1" }).click();
    deepEqual(await audible(page), ["Live picture of Chase boat 1"]);

    await setHidden(page, true);
    await page.locator("video").first().waitFor({ state: "detached" });
    equal(await page.locator("video").count(), 0);
    await setHidden(page, false);
    await page.locator(".wall-tile video").first().waitFor();

    await page.setViewportSize({ width: 2560, height: 1440 });
    deepEqual(await gridOf(page), { rows: [4, 4, 4, 4], fits: true });

    await page.getByRole("button", { name: "Pictures" }).click();
    await page.locator("video").first().waitFor({ state: "detached" });
    await links.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Stream of Chase boat 1" }).waitFor();
  }));

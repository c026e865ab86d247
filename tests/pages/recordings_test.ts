/**
 * The list of recordings and the replay, against a scripted coordinator.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../support/fake_coordinator.ts";
import {
  allRecordings,
  openRecordings,
  serveFiles,
} from "../support/recordings/recording_scenes.ts";
import { openFakePage } from "../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchChromium();
});

Deno.test.afterAll(() => browser.close());

async function on(story: (page: Page, fake: FakeCoordinator) => Promise<void>): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  const page = await openFakePage(browser, fake.url, {
    options: { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
    prepare: serveFiles,
  });
  try {
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

Deno.test("[PLY47] the list of recordings says of each what it is, and why it was cut short", () =>
  on(async (page, fake) => {
    await openRecordings(page);
    await page.getByText("You have recorded nothing yet.").waitFor();
    deepEqual(await findFaults(page), []);
    fake.script.recordings = allRecordings();
    const rows = page.getByRole("dialog").getByRole("listitem");
    await rows.first().getByText(/Recording for 1:0\d/).waitFor();
    deepEqual(await findFaults(page), []);
    equal(await rows.first().getByRole("button").count(), 0);
    ok(/Clip, just now, 0:30, 9\.2\sMB/.test(await rows.nth(1).innerText()));
    await rows.nth(3).getByText("The recording ended: the worker's disk is full.").waitFor();
    const width = await page.getByRole("dialog").evaluate((dialog) =>
      dialog.scrollWidth - dialog.clientWidth
    );
    equal(width, 0);
    await rows.nth(1).getByRole("button", { name: /^Remove/ }).click();
    await rows.nth(1).getByRole("button", { name: "Remove for ever" }).click();
    await rows.nth(1).getByText("Garden rover").first().waitFor();
  }));

Deno.test("[PLY47] the replay of a drive has no serious fault, and a recording that is gone says so", () =>
  on(async (page, fake) => {
    fake.script.recordings = allRecordings();
    await openRecordings(page);
    await page.getByRole("button", { name: "Play Garden rover" }).click();
    await page.getByRole("region", { name: "The vehicle at this moment" }).getByText("Driving")
      .waitFor();
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Close" }).click();
    const play = page.getByRole("button", { name: "Play Garden rover" });
    await play.waitFor();
    fake.script.recordings = [];
    await play.click();
    await page.getByRole("alert").waitFor();
    deepEqual(await findFaults(page), []);
  }));

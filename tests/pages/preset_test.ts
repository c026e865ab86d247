import { deepEqual, equal } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { findFaults } from "../support/axe.ts";
import { launchShell } from "../support/browser.ts";
import { storiesIn } from "../support/operator/operator_page.ts";

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell();
});

Deno.test.afterAll(() => browser.close());

const on = storiesIn(() => browser);

Deno.test("[PST2] a preset is saved from the form, brings its choices back after a reload, and is removed", () =>
  on("/operator/senders/snd_0003", async (page) => {
    const bitrate = page.getByRole("spinbutton", { name: "Bitrate" });
    await bitrate.fill("2500");
    await page.getByRole("button", { name: "Save as preset" }).click();
    await page.getByLabel("Name of the preset").fill("Regatta");
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Save preset" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.reload();
    await page.getByLabel("Preset", { exact: true }).selectOption("Regatta");
    equal(await bitrate.inputValue(), "2500");
    await page.getByRole("button", { name: "Remove preset" }).click();
    await page.getByRole("button", { name: "Remove Regatta" }).click();
    await page.getByText("None saved yet").waitFor({ state: "attached" });
  }, { prepare: ({ plane }) => void (plane.moving = false) }));

import { deepEqual } from "node:assert/strict";
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

Deno.test("[EGR11] a destination is removed from a live stream on its page, and added again", () =>
  on("/operator/streams/str_0001live", async (page) => {
    const panel = page.locator("section", {
      has: page.getByRole("heading", { name: "Destinations" }),
    });
    const add = panel.getByLabel("Send on to");
    await add.waitFor();
    const row = panel.getByRole("listitem").first();
    const name = await row.locator("b").innerText();
    await row.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: `Remove ${name}` }).last().click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await add.selectOption(name);
    deepEqual(await findFaults(page), []);
    await panel.getByRole("button", { name: "Add" }).click();
    await panel.getByRole("listitem").filter({ hasText: name }).waitFor();
  }));

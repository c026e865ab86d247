/**
 * What passes between people in a room, and between a page and its room, on channels of their own: voices, with Chromium's
 * beeping microphone, and files.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { findFaults } from "../../support/axe.ts";
import { launchChromium } from "../../support/browser.ts";
import { openPage, shareLink, waitForState } from "../../support/player.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

const LIMIT = { timeout: 30_000 };
let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack(),
    launchChromium([
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** Waits until the meter of a voice that is not one's own rises. */
async function meterRises(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const meters = document.querySelectorAll(".voice:not(.talk-button) [data-level]");
      return [...meters].some((meter) => Number(meter.getAttribute("data-level")) > 0.2);
    },
    undefined,
    LIMIT,
  );
}

/** How many packets of tracks a page has sent and received so far. */
function packets(page: Page): Promise<{ sent: number; received: number }> {
  return page.evaluate(async () => {
    const count = { sent: 0, received: 0 };
    for (const connection of farpadProbe.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "data-channel" || report.label !== "media") continue;
        count.sent += report.messagesSent;
        count.received += report.messagesReceived;
      }
    }
    return count;
  });
}

Deno.test("[VOI4] who holds the key is received by the other, who can mute it, and nothing is sent after", async () => {
  const ana = await openPage(browser, `${stack.url}/play/test-pattern`);
  await waitForState(ana, "playing");
  const ben = await openPage(browser, await shareLink(ana));
  await waitForState(ben, "playing");
  await ana.getByRole("button", { name: "Hold to talk" }).waitFor(LIMIT);
  equal((await packets(ana)).sent, 0);

  await ana.locator(".stage").focus();
  await ana.keyboard.down("KeyV");
  await ana.getByRole("button", { name: "You talk" }).waitFor(LIMIT);
  await meterRises(ben);
  ok((await packets(ben)).received > 0);
  equal((await packets(ana)).received, 0);

  const voice = ben.getByRole("button", { name: /^Mute / });
  await voice.click();
  await ben.getByRole("button", { name: /is muted$/ }).waitFor(LIMIT);
  equal(await ben.locator(".voice:not(.talk-button) [data-level]").count(), 0);
  // The overlays of the player are dark in both themes.
  const faults = await findFaults(ben);
  equal(faults.length, 0, JSON.stringify(faults));
  await ben.getByRole("button", { name: /is muted$/ }).click();
  await meterRises(ben);

  await ana.keyboard.up("KeyV");
  await ana.getByRole("button", { name: "Hold to talk" }).waitFor(LIMIT);
  const { sent } = await packets(ana);
  await ben.locator(".voice:not(.talk-button)").waitFor({ state: "detached", ...LIMIT });
  equal((await packets(ana)).sent, sent);
  // Two games that go on would slow the next test.
  for (const page of [ana, ben]) await page.context().close();
});

Deno.test("[AST8] [AST9] a screenshot and a save are kept as files, and the save comes back", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await page.getByText("P1 you").first().waitFor({ ...LIMIT, state: "attached" });
  const choose = async (name: string) => {
    await page.locator(".stage").focus();
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name, exact: true }).click();
  };
  const [screenshot] = await Promise.all([
    page.waitForEvent("download", LIMIT),
    choose("Screenshot"),
  ]);
  match(screenshot.suggestedFilename(), /^Paddle Duel .*\.jpg$/);
  const bytes = await Deno.readFile(await screenshot.path());
  equal(bytes.subarray(0, 3).toHex(), "ffd8ff");
  ok(bytes.length > 5_000, `${bytes.length} bytes`);

  await choose("Saves");
  const dialog = page.getByRole("dialog", { name: "Saves" });
  await dialog.getByLabel("Name of the new save").fill("Mine");
  await dialog.getByRole("button", { name: "Save now" }).click();
  const rows = dialog.locator(".dialog-list li").filter({ hasText: "Mine" });
  const [save] = await Promise.all([
    page.waitForEvent("download", LIMIT),
    rows.getByRole("button", { name: /^Download/ }).click(),
  ]);
  match(save.suggestedFilename(), /^Paddle Duel Mine .*\.fpsave$/);
  await dialog.getByLabel("File of a save").setInputFiles(await save.path());
  await page.getByText("The save is in the list.").waitFor(LIMIT);
  await rows.nth(1).waitFor(LIMIT);
  deepEqual(await findFaults(page), []);
});

/**
 * The dialog that shares a room, against a scripted coordinator.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findFaults } from "../../support/axe.ts";
import { launchShell } from "../../support/browser.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../../support/fake_coordinator.ts";
import { openShare } from "../../support/room/room_scenes.ts";
import { openFakePage } from "../../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../../web/dist", import.meta.url).pathname;
const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 320, height: 568 },
  isMobile: true,
  hasTouch: true,
};

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

/** Runs `story` in the open dialog, with an app of the system that takes links. */
async function shared(
  options: BrowserContextOptions,
  story: (page: Page, fake: FakeCoordinator) => Promise<void>,
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  const prepare = async (page: Page) => {
    await page.addInitScript(() => {
      const sent: ShareData[] = [];
      Object.assign(globalThis, { sent });
      navigator.share = (data) => Promise.resolve(void sent.push(data!));
    });
  };
  const page = await openFakePage(browser, `${fake.url}/play/paddle-duel`, {
    options,
    prepare,
  });
  try {
    await openShare(page, fake);
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

Deno.test("[PLY45] [PAS13] links of all roles stand together with QR codes, who came by each, and their end", () =>
  shared(DESK, async (page, fake) => {
    const player = page.getByRole("region", { name: "Play along" });
    await player.getByRole("img", { name: /^QR code/ }).waitFor();
    const [made, older] = await player.getByRole("listitem").allInnerTexts();
    ok(/shown here[^]*Nobody here came by it/.test(made!), String(made));
    ok(/another one[^]*Came by it: عبد الله, Guest 4/.test(older!), String(older));
    deepEqual(await findFaults(page), []);
    const watcher = page.getByRole("region", { name: "Only watch" });
    equal(await watcher.getByRole("img").count(), 0);
    await watcher.getByRole("button", { name: /^Make a link/ }).press("Enter");
    const address = await watcher.getByRole("textbox").inputValue();
    equal(address, `${fake.url}/?room=${fake.script.starts.room_id}&share=shr_4.watcher`);
    await watcher.getByRole("button", { name: /^Send/ }).press("Enter");
    const sent = await page.evaluate(() => (globalThis as unknown as { sent: ShareData[] }).sent);
    deepEqual(sent, [{ title: "Farpad", text: "Watch Paddle Duel with me", url: address }]);
    await player.getByRole("button", { name: /^Revoke/ }).first().click();
    await page.getByText("The link is revoked.").waitFor();
    await player.getByRole("button", { name: /^Make a link/ }).waitFor();
    equal(await player.getByRole("listitem").count(), 1);
  }));

Deno.test("[PLY45] the dialog fits a phone of 320 pixels, QR code and all", () =>
  shared(PHONE, async (page) => {
    const cut = await page.getByRole("dialog").evaluate((dialog) =>
      [dialog, ...dialog.querySelectorAll("button, svg, input")].filter((each) => {
        const { left, right } = each.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      }).map((each) => each.outerHTML.slice(0, 80))
    );
    deepEqual(cut, []);
    deepEqual(await findFaults(page), []);
  }));

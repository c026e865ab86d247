/**
 * Two gamepads at one browser: each plays a seat of its own, through the same connection.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { readTestCardLamp } from "../../../protocol/picture/test_card.ts";
import { launchChromium } from "../../support/browser.ts";
import { openPage, waitForState } from "../../support/player.ts";
import { openSheet } from "../../support/room/room_scenes.ts";
import { startStack } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

const [A, SELECT, START] = [1, 8, 9];

Deno.test("[E2E44] two gamepads at one browser hold two seats, and both reach the game", async () => {
  await using stack = await startStack();
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const page = await openPage(browser, "about:blank");
    await page.addInitScript(() => {
      const pads = [0, 1].map((index) => ({
        id: `Pad ${"AB"[index]}`,
        index,
        connected: true,
        mapping: "standard",
        axes: [0, 0, 0, 0],
        buttons: Array.from({ length: 17 }, () => ({ pressed: false, value: 0 })),
      }));
      navigator.getGamepads = () => pads as unknown as Gamepad[];
      Object.assign(globalThis, { pads });
    });
    await page.goto(`${stack.url}/play/test-pattern`);
    await waitForState(page, "playing");
    await lamps(page, [false, false]);

    await hold(page, 0, [A]);
    await lamps(page, [true, false]);
    await hold(page, 1, [A]);
    await page.getByText(/“Pad B” presses Start to join as P2;/).waitFor();
    await hold(page, 1, []);
    await page.waitForTimeout(100);
    await hold(page, 1, [START]);
    await page.getByText("Pad B plays as P2.").first().waitFor();
    await hold(page, 1, [A]);
    await lamps(page, [true, true]);
    await hold(page, 0, []);
    await lamps(page, [false, true]);

    // Nothing is held: after a menu the game gets the gamepads once all of them rest.
    await hold(page, 1, []);
    await openSheet(page, "People");
    await page.locator(".person").getByText("plays as P1 and P2").waitFor();
    deepEqual(await page.locator(".person").count(), 1);
    await page.locator(".seat-list li", { hasText: "Pad B" }).waitFor();

    await hold(page, 1, [SELECT, START]);
    // Beside what a person does, the list may say how its link is.
    await page.locator(".seat-list li", { hasText: "P2" }).getByText("open").waitFor();
    await hold(page, 1, []);
    await lamps(page, [false, false]);
  } finally {
    await browser.close();
  }
});

/** Holds these buttons of a gamepad, and no others. */
async function hold(page: Page, pad: number, held: readonly number[]): Promise<void> {
  await page.evaluate(({ pad, held }) => {
    const { pads } = globalThis as unknown as {
      pads: { buttons: { pressed: boolean; value: number }[] }[];
    };
    pads[pad]!.buttons.forEach((button, at) => {
      button.pressed = held.includes(at);
      button.value = held.includes(at) ? 1 : 0;
    });
  }, { pad, held });
}

/** Waits for a picture in which the blocks of the seats are lit so. */
async function lamps(page: Page, lit: readonly boolean[]): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  let seen: readonly boolean[] = [];
  while (performance.now() < deadline) {
    const data = await page.evaluate(() => {
      const context = new OffscreenCanvas(160, 120).getContext("2d")!;
      context.drawImage(document.querySelector("video")!, 0, 0, 160, 120);
      return [...context.getImageData(0, 0, 160, 120).data];
    });
    const image = { data: Uint8Array.from(data), width: 160, height: 120 };
    seen = [readTestCardLamp(image, 0), readTestCardLamp(image, 1)];
    if (seen.every((each, seat) => each === lit[seat])) return;
    await page.waitForTimeout(50);
  }
  deepEqual(seen, lit);
}

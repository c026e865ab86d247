/**
 * A person on a sofa with a gamepad alone: picks a game, plays, opens the menu, saves, leaves.
 *
 * @module
 */
import { equal, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { buttonBit } from "../../protocol/control/pad.ts";
import { launchChromium } from "../support/browser.ts";
import { startFakeCoordinator } from "../support/fake_coordinator.ts";
import { openFakePage, waitForState } from "../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;
/** Buttons of the standard mapping. */
const [LOWER, RIGHT, SELECT, START, DOWN] = [0, 1, 8, 9, 13];
const STEPS: Readonly<Record<string, number>> = { up: 12, down: DOWN!, left: 14, right: 15 };

/** Puts a gamepad into the page, whose buttons {@linkcode hold} presses. */
async function plugIn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const held: number[] = [];
    const pad = {
      ...{ id: "Sofa Pad", index: 0, mapping: "standard", connected: true, axes: [0, 0, 0, 0] },
      get buttons() {
        return Array.from({ length: 17 }, (_, i) => ({
          pressed: held.includes(i),
          value: held.includes(i) ? 1 : 0,
        }));
      },
    };
    navigator.getGamepads = () => [pad as unknown as Gamepad];
    Object.assign(globalThis, { held });
  });
}

/** Holds these buttons and no others, and waits until the page has drawn twice. */
async function hold(page: Page, ...buttons: readonly number[]): Promise<void> {
  await page.evaluate((wanted) => {
    const { held } = globalThis as unknown as { held: number[] };
    held.splice(0, held.length, ...wanted);
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    return frame().then(frame).then(() => {});
  }, [...buttons]);
}

async function press(page: Page, button: number): Promise<void> {
  await hold(page, button);
  await hold(page);
}

/** Steers the focus towards what has this text, as a person who looks at the screen does. */
async function reach(page: Page, text: RegExp): Promise<void> {
  let last = "";
  for (let i = 0; i < 30; i++) {
    const { ahead, other, at } = await page.evaluate((text) => {
      const all = [...document.querySelectorAll<HTMLElement>("a[href], button, [role^=menuitem]")];
      const target = all.findLast((each) => new RegExp(text).test(each.textContent!.trim()))!;
      const { activeElement } = document;
      if (activeElement === target) return { ahead: "there", other: "there", at: "" };
      const middle = (element: Element | null) => {
        const box = (element ?? document.body).getBoundingClientRect();
        return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
      };
      const [from, to] = [middle(activeElement), middle(target)];
      const sideways = to.x > from.x ? "right" : "left";
      const along = to.y > from.y ? "down" : "up";
      const [ahead, other] = Math.abs(to.y - from.y) > 20 ? [along, sideways] : [sideways, along];
      return { ahead, other, at: activeElement?.textContent ?? "" };
    }, text.source);
    if (ahead === "there") return;
    // Where a step did not move the focus, the other direction does.
    await press(page, STEPS[at === last ? other : ahead]!);
    last = at;
  }
  throw new Error(`30 presses did not reach ${text}`);
}

Deno.test("[PLY46] with a gamepad alone a person picks a game, plays, saves and leaves", async () => {
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    await using fake = startFakeCoordinator(DIST);
    const page = await openFakePage(browser, fake.url, { prepare: plugIn });
    await page.getByRole("link", { name: /Paddle Duel/ }).first().waitFor();
    await press(page, DOWN!);
    await reach(page, /^Paddle Duel/);
    await press(page, LOWER!);
    await waitForState(page, "playing");
    await page.getByText("Hold Select and Start for the menu.").waitFor();

    fake.pads.length = 0;
    await hold(page, LOWER!);
    await page.waitForTimeout(100);
    await hold(page);
    ok(fake.pads.includes(buttonBit("b")), "the game has the gamepad");

    const menu = page.getByRole("menu", { name: "Game" });
    const openMenu = async () => {
      await hold(page, SELECT!, START!);
      await menu.waitFor();
      await hold(page);
    };
    await openMenu();
    fake.pads.length = 0;
    await reach(page, /^Save$/);
    await press(page, LOWER!);
    await page.getByText(/Saved \(13\skB\)\./).waitFor();
    equal(await menu.count(), 0);
    await page.waitForTimeout(100);
    ok(!fake.pads.includes(buttonBit("b")), "what was pressed in the menu is not for the game");

    await openMenu();
    await press(page, RIGHT!);
    await menu.waitFor({ state: "detached" });
    await openMenu();
    await reach(page, /^People and chat/);
    await press(page, LOWER!);
    const sheet = page.getByRole("complementary", { name: "People and chat" });
    await sheet.waitFor();
    await reach(page, /^Chat/);
    await press(page, LOWER!);
    equal(await sheet.getByRole("button", { name: /^Chat/ }).getAttribute("aria-pressed"), "true");
    await press(page, RIGHT!);
    fake.pads.length = 0;
    await hold(page, LOWER!);
    await page.waitForTimeout(100);
    await hold(page);
    ok(fake.pads.includes(buttonBit("b")), "the way back leads to the game");
    await openMenu();
    await reach(page, /^Leave$/);
    await press(page, LOWER!);
    await page.getByRole("link", { name: /Paddle Duel/ }).first().waitFor();
  } finally {
    await browser.close();
  }
});

/**
 * The sheet of people and chat, against a scripted room.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buttonBit } from "../../../protocol/control/pad.ts";
import { findFaults } from "../../support/axe.ts";
import { launchShell } from "../../support/browser.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../../support/fake_coordinator.ts";
import { ONE_MORE_LINE, openOptions, openSheet, showRoom } from "../../support/room/room_scenes.ts";
import { openFakePage } from "../../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../../web/dist", import.meta.url).pathname;

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

async function on(
  options: BrowserContextOptions,
  story: (page: Page, fake: FakeCoordinator) => Promise<void>,
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  const page = await openFakePage(browser, `${fake.url}/play/paddle-duel`, {
    options: { viewport: { width: 1200, height: 800 }, ...options },
  });
  try {
    await showRoom(page, fake);
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

Deno.test("[PLY43] people and chat have no serious fault; names of every script stand by themselves", () =>
  on({}, async (page) => {
    await openSheet(page, "People");
    const sheet = page.getByRole("complementary", { name: "People and chat" });
    deepEqual(await findFaults(page), []);
    await sheet.getByRole("button", { name: "Change your name" }).click();
    await sheet.getByRole("button", { name: /^What to do with A name/ }).click();
    await sheet.getByRole("button", { name: "Send out…" }).click();
    deepEqual(await findFaults(page), []);
    const names = await sheet.locator(".people-list bdi.person-name").allInnerTexts();
    deepEqual(names.slice(0, 2), ["Ada", "عبد الله"]);
    ok(names.includes("Guest 4"));
    await sheet.getByRole("button", { name: /^Chat/ }).click();
    await sheet.getByRole("log").getByText("good luck").waitFor();
    deepEqual(await findFaults(page), []);
  }));

Deno.test("[PLY44] the sheet takes keys only in its fields, and Escape returns to the game", () =>
  on({}, async (page, fake) => {
    await openSheet(page, "Chat");
    const field = page.getByRole("textbox", { name: "Write to everybody here" });
    await field.pressSequentially("xxzz");
    await page.keyboard.press("Escape");
    equal(await field.inputValue(), "xxzz");
    ok(!fake.pads.some((pad) => pad !== 0), "nothing was pressed in the game");
    await page.keyboard.down("x");
    await page.waitForTimeout(100);
    await page.keyboard.up("x");
    ok(fake.pads.includes(buttonBit("a")), "the game has the keys again");
    await field.waitFor();
  }));

Deno.test("[PLY43] what others write is announced and counted while the sheet is closed", () =>
  on({}, async (page, fake) => {
    await page.getByRole("status").getByText("asks for P1").waitFor();
    await showRoom(page, fake, { entities: ONE_MORE_LINE });
    await page.mouse.move(200, 100);
    await page.getByRole("button", { name: "People and chat, 1 not read" }).click();
    await page.getByRole("log").getByText("look at this one").waitFor();
    await page.getByRole("button", { name: "Close people and chat" }).click();
    await page.getByRole("button", { name: "People and chat", exact: true }).waitFor();
  }));

for (const viewport of [{ width: 320, height: 568 }, { width: 568, height: 320 }]) {
  Deno.test(`[PLY43] the sheet covers no picture on ${viewport.width} × ${viewport.height}`, () =>
    on({ viewport, isMobile: true, hasTouch: true }, async (page) => {
      await openSheet(page, "Chat");
      const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
      const [picture, sheet] = [await box("video.picture"), await box(".room-sheet")];
      const overlaps = picture.x + picture.width > sheet.x + 1 &&
        picture.y + picture.height > sheet.y + 1;
      ok(!overlaps, JSON.stringify({ picture, sheet }));
      const field = await box(".chat-form");
      ok(field.x + field.width <= viewport.width && field.y + field.height <= viewport.height);
      deepEqual(await findFaults(page), []);
    }));
}

/** Holds a button of a gamepad for two frames, and lets go. */
async function pressPad(page: Page, button: number): Promise<void> {
  await page.evaluate(async (button) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // What is held at the first reading counts as held before.
    for (const wanted of [undefined, button, undefined]) {
      const buttons = Array.from({ length: 17 }, (_, i) => {
        const pressed = i === wanted;
        return { pressed, value: Number(pressed) };
      });
      const pad = { id: "Sofa Pad", index: 0, mapping: "standard", connected: true };
      const plugged = [{ ...pad, axes: [0, 0, 0, 0], buttons }] as unknown as Gamepad[];
      navigator.getGamepads = () => plugged;
      dispatchEvent(new Event("gamepadconnected"));
      await frame().then(frame);
    }
  }, button);
}

Deno.test("[OPT6] [PLY46] a host changes options by keys or gamepad on the smallest phone", () =>
  on({ viewport: { width: 320, height: 568 } }, async (page, fake) => {
    await openOptions(page, fake);
    const dialog = page.getByRole("dialog", { name: "Options" });
    const border = dialog.getByLabel("Show border");
    await dialog.getByText("Counts after a start over.").waitFor();
    deepEqual(await dialog.getByRole("heading", { level: 3 }).allInnerTexts(), [
      "System",
      "Colours and what else is done with the whole picture",
      "Sound",
    ]);
    const system = dialog.getByRole("list", { name: "System" });
    equal(await system.getByRole("combobox").count(), 3);
    const described = await border.getAttribute("aria-describedby");
    equal(await page.locator(`#${described}`).innerText(), "Draws the frame around the picture.");
    deepEqual(await findFaults(page), []);
    equal(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), 0);
    await border.focus();
    await page.keyboard.press("ArrowDown");
    equal(await border.inputValue(), "enabled");
    const [LEFT, RIGHT] = [14, 15];
    await pressPad(page, LEFT);
    equal(await border.inputValue(), "disabled");
    for (let times = 0; times < 2; times++) await pressPad(page, RIGHT);
    equal(await border.inputValue(), "enabled");
    const set = () => fake.asked.filter(({ verb }) => verb === "option.set");
    while (set().length === 0) await page.waitForTimeout(50);
    deepEqual(set()[0]?.body, { key: "border", value: "enabled" });
  }));

Deno.test("[OPT6] who is no host reads the options", () =>
  on({}, async (page, fake) => {
    fake.script.you = "p4";
    await page.reload();
    await openOptions(page, fake);
    const dialog = page.getByRole("dialog", { name: "Options" });
    await dialog.getByText("A host of this room chooses").waitFor();
    equal(await dialog.getByRole("combobox").count(), 0);
    deepEqual(await findFaults(page), []);
  }));

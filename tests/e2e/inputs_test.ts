import { equal, ok } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, takePictures, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "12", FARPAD_TLS: "self" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

Deno.test("[E2E14] with a self-made certificate the page is a secure context and plays", async () => {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  equal(await page.evaluate(() => isSecureContext && location.protocol), "https:");
  await page.context().close();
});

Deno.test("[E2E15] a gamepad's button changes the picture; unplugging it releases the button", async () => {
  const page = await openPage(browser, "about:blank");
  await page.addInitScript(() => {
    const buttons = Array.from(
      { length: 17 },
      () => ({ pressed: false, touched: false, value: 0 }),
    );
    const pad = {
      id: "Test pad",
      index: 0,
      connected: true,
      mapping: "standard",
      axes: [0, 0, 0, 0],
      buttons,
      timestamp: 1,
    };
    let plugged = false;
    navigator.getGamepads = () => (plugged ? [pad] : [null]) as unknown as (Gamepad | null)[];
    const report = (type: string) => {
      const event = new Event(type);
      Object.defineProperty(event, "gamepad", { value: pad });
      dispatchEvent(event);
    };
    Object.assign(globalThis, {
      plugIn() {
        plugged = true;
        report("gamepadconnected");
      },
      unplug() {
        plugged = false;
        report("gamepaddisconnected");
      },
      hold(index: number) {
        pad.timestamp += 1;
        buttons[index] = { pressed: true, touched: true, value: 1 };
      },
    });
  });
  await page.goto(`${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
  const run = (code: string) => page.evaluate(code);
  await run("plugIn()");
  // The right-hand button of a standard pad is A of a RetroPad, which names them as Nintendo does.
  await run("hold(1)");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await run("unplug()");
  await waitForPicture(page, "a dark backdrop again", ({ bar }) => bar?.lit === false);
  await page.context().close();
});

Deno.test("[E2E16] on a phone the pad over the picture plays", async () => {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await waitForState(page, "playing");
  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
  const button = page.locator('[data-button="a"]');
  const box = await button.boundingBox();
  ok(box, "no A button is shown");
  await takePictures(page);
  const touch = await page.context().newCDPSession(page);
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await waitForPicture(page, "a dark backdrop again", ({ bar }) => bar?.lit === false);
  await page.context().close();
});

Deno.test("[E2E17] a window that loses focus releases every key", async () => {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await waitForPicture(page, "a dark backdrop", ({ bar }) => bar?.lit === false);
  await page.context().close();
});

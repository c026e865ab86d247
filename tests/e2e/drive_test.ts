import { equal, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForState } from "../support/player.ts";
import { printed, startLauncher } from "../support/stack/launcher.ts";
import type { Process } from "../support/stack/stack.ts";
import { until } from "../support/waiting/waiting.ts";

/** One story in chapters, on what `npm start` shows at first: each test goes on where the one before it ended. */
let folder: string;
let launcher: Process;
let url: string;
let browser: Browser;
let driver: Page;
let watcher: Page;

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "farpad-drive-" });
  launcher = startLauncher({ args: [], env: { FARPAD_PORT: "0", FARPAD_DATA: folder } });
  [url, browser] = await Promise.all([
    printed(launcher, /Farpad is at (http:\S+)/),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
  await printed(launcher, /is ready: /);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await launcher.end();
  await Deno.remove(folder, { recursive: true });
});

/** The kilometres an hour that the page shows. */
async function speed(page: Page): Promise<number> {
  const text = await page.locator(".strip-part").filter({ hasText: "Speed" })
    .locator(".strip-value").innerText();
  return Number.parseFloat(text.replace("−", "-"));
}

/** Holds the switch and the throttle until the car moves: a picture that stands still in between ends a drive. */
async function drive(speedNow: () => Promise<number>, { above }: { above: number }): Promise<void> {
  const driving = driver.getByRole("button", { name: "Driving" });
  await until("the car to move", async () => {
    if (!await driving.isVisible()) {
      // A vehicle arms only at rest.
      await driver.keyboard.up("ArrowUp");
      await driver.keyboard.up("Space");
      await driver.keyboard.down("Space");
      await driving.waitFor({ timeout: 5_000 }).catch(() => {});
      await driver.keyboard.down("ArrowUp");
    }
    return await speedNow() > above;
  });
}

Deno.test("[DPG15] a car in the library of the first start is driven, and stops when its driver lets go", async () => {
  driver = await openPage(browser, url);
  await driver.getByRole("button", { name: "Drive" }).click();
  await driver.locator("a.app-card").first().click();
  await waitForState(driver, "playing");
  await driver.getByRole("button", { name: "Take the wheel" }).click();
  await driver.getByRole("button", { name: "Hold to drive" }).waitFor();
  await driver.locator(".trail-map").waitFor();
  equal(await speed(driver), 0);
  await drive(() => speed(driver), { above: 3 });
  const gauge = driver.getByRole("meter", { name: "Throttle" });
  ok((await gauge.getAttribute("aria-valuetext"))?.includes("confirmed"));
  await driver.keyboard.up("Space");
  await driver.keyboard.up("ArrowUp");
  await until("the car to stop", async () => await speed(driver) === 0);
});

Deno.test("[DPG15] the car of a driver whose browser crashes is neutral, and everybody sees why", async () => {
  watcher = await openPage(browser, new URL(new URL(driver.url()).pathname, url).href);
  await waitForState(watcher, "playing");
  await watcher.getByText("Somebody drives", { exact: true }).waitFor();
  await driver.bringToFront();
  await drive(() => speed(watcher), { above: 2 });
  const session = await driver.context().newCDPSession(driver);
  // There is no answer any more.
  void session.send("Page.crash").catch(() => {});
  await watcher.getByRole("alert").filter({ hasText: "Control lost" }).waitFor();
  await until("the car to stop", async () => await speed(watcher) === 0);
});

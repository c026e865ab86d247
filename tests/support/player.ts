/**
 * A real browser on the real player page, watched by a probe.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { SeenPicture } from "./page/probe.ts";
import { pageScript } from "./page_script.ts";
import { PATIENCE } from "./waiting/waiting.ts";

let script: Promise<string> | undefined;

/** Options of a page: those of its profile, and what to do with it before it goes to its address. */
export interface PageOptions extends BrowserContextOptions {
  readonly prepare?: (page: Page) => Promise<void>;
}

/** A page of any driver. */
export interface AnyPage {
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>;
}

/** Opens a page in a profile of its own, with the probe in place before the page's first script. */
export async function openPage(
  browser: Browser,
  url: string,
  { prepare, ...options }: PageOptions = {},
): Promise<Page> {
  script ??= pageScript("probe");
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    // No authority signed Farpad's self-made certificate.
    ignoreHTTPSErrors: true,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript({ content: await script });
  await prepare?.(page);
  await page.goto(url);
  return page;
}

/** Waits until the player's state is one of `states`, read from the page's root element. */
export async function waitForState(page: Page, ...states: readonly string[]): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => wanted.includes(document.documentElement.dataset.state ?? ""),
      states,
      { timeout: PATIENCE },
    );
  } catch {
    const found = await page.evaluate(() => document.documentElement.dataset.state);
    const text = (await page.innerText("body")).slice(0, 400);
    throw new Error(
      `Waited for state ${states.join(" or ")}, found ${found}. The page says: ${text}`,
    );
  }
}

/** Pictures seen since the last call with the same page. */
export function takePictures(page: AnyPage): Promise<SeenPicture[]> {
  return page.evaluate(() => farpadProbe.pictures.splice(0));
}

/** Waits until a picture fulfils the condition, and returns it. */
export async function waitForPicture(
  page: AnyPage,
  what: string,
  holds: (picture: SeenPicture) => boolean,
): Promise<SeenPicture> {
  const deadline = performance.now() + PATIENCE;
  let count = 0;
  let last: SeenPicture | undefined;
  while (performance.now() < deadline) {
    const pictures = await takePictures(page);
    const found = pictures.find(holds);
    if (found) return found;
    count += pictures.length;
    last = pictures.at(-1) ?? last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const state = await page.evaluate(() => document.documentElement.dataset.state);
  throw new Error(
    `Waited for a picture with ${what}; the page is in state "${state}", and of ${count} pictures ` +
      `the last one is ${JSON.stringify(last)}`,
  );
}

/** From the lobby into the running demo game, whose picture counts its frames. */
export async function playDuel(browser: Browser, url: string): Promise<Page> {
  const page = await openPage(browser, url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Paddle Duel/ }).first().click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  return page;
}

/** Sound received so far, as WebRTC counts it (`totalAudioEnergy`); zero is silence. */
export function soundEnergy(page: AnyPage): Promise<number> {
  return page.evaluate(async () => {
    let energy = 0;
    for (const connection of farpadProbe.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === "inbound-rtp" && report.kind === "audio") {
          energy += report.totalAudioEnergy ?? 0;
        }
      }
    }
    return energy;
  });
}

/** Makes a share link in the room's menu, and leaves the dialog again. */
export async function shareLink(
  page: Page,
  role: "Play along" | "Only watch" | "Be host too" = "Play along",
): Promise<string> {
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Share" }).click();
  const card = page.getByRole("region", { name: role, exact: true });
  const field = card.getByRole("textbox", { name: `Link: ${role}` });
  // The link to play along is made at once, the others by a press.
  if (role !== "Play along") await card.getByRole("button", { name: /^Make a link/ }).click();
  await field.waitFor();
  const link = await field.inputValue();
  await page.getByRole("button", { name: "Close" }).click();
  return link;
}

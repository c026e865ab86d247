/**
 * Debian's Firefox for tests, headless and with a fresh profile, driven over WebDriver BiDi. The player's page is
 * watched by the same probe as in Chromium (`player.ts`).
 *
 * @module
 */
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { pageScript } from "./page_script.ts";
import { PATIENCE } from "./waiting/waiting.ts";

export const FIREFOX = "/usr/bin/firefox-esr";

/** Starting takes 3 s on an idle machine. */
const START_LIMIT = 60_000;

/**
 * Starts Firefox as people have it: sound needs a press, and OpenH264 is not there yet. It has no `DisposableStack`, like
 * Safari and Firefox before 141.
 */
export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    timeout: START_LIMIT,
    protocolTimeout: START_LIMIT,
    extraPrefsFirefox: { "javascript.options.experimental.explicit_resource_management": false },
  });
}

let script: Promise<string> | undefined;

/** Opens a page in a profile of its own, with the probe in place before the page's first script. */
export async function openFirefoxPage(
  browser: Browser,
  url: string,
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  script ??= pageScript("probe");
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1280, height: 800 });
  await page.evaluateOnNewDocument(await script);
  await prepare?.(page);
  await page.goto(url);
  return page;
}

/** Waits until the player's state is one of `states`, read from the page's root element. */
export async function waitForFirefoxState(
  page: Page,
  ...states: readonly string[]
): Promise<void> {
  try {
    await page.waitForFunction(
      (...wanted: string[]) => wanted.includes(document.documentElement.dataset.state ?? ""),
      {},
      ...states,
    );
  } catch {
    const [found, text] = await page.evaluate(() => [
      document.documentElement.dataset.state,
      document.body.innerText.slice(0, 400),
    ]);
    throw new Error(
      `Waited for state ${states.join(" or ")}, found ${found}. The page says: ${text}`,
    );
  }
}

/** Makes a share link in the room's menu that lets its holder play, and leaves the dialog again. */
export async function firefoxShareLink(page: Page): Promise<string> {
  await page.keyboard.press("Escape");
  await page.locator("[role=menuitem]::-p-text(Share)").click();
  const field = ".share-link input";
  await page.waitForFunction(
    (selector) => (document.querySelector<HTMLInputElement>(selector)?.value ?? "") !== "",
    {},
    field,
  );
  const link = await page.$eval(field, (input) => (input as HTMLInputElement).value);
  await page.locator("dialog button[aria-label=Close]").click();
  return link;
}

/**
 * The built player in a real browser against the fake coordinator.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { pageScript } from "./page_script.ts";

let script: Promise<string> | undefined;

/** Opens a page in a profile of its own, with the fake worker inside. */
export async function openFakePage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  script ??= pageScript("fake_worker");
  const context = await browser.newContext(options);
  await context.addInitScript({ content: await script });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return page;
}

/** Waits until the page's root says one of these states. */
export async function waitForState(page: Page, ...states: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => wanted.includes(document.documentElement.dataset.state ?? ""),
    states,
  );
}

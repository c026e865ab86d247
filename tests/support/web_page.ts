/**
 * A built page in a real browser whose media come from the page itself (`page/fake_worker.ts`).
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { pageScript } from "./page_script.ts";
import { PATIENCE } from "./waiting/waiting.ts";

let script: Promise<string> | undefined;

/** Opens a page in a profile of its own, with the fake worker inside. `prepare` is called before it loads. */
export async function openFakePage(
  browser: Browser,
  url: string,
  { options = {}, prepare }: {
    readonly options?: BrowserContextOptions;
    readonly prepare?: (page: Page) => Promise<void>;
  } = {},
): Promise<Page> {
  script ??= pageScript("fake_worker");
  const context = await browser.newContext(options);
  await context.addInitScript({ content: await script });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await prepare?.(page);
  await page.goto(url);
  return page;
}

/** Waits until the page's root element shows one of these states. */
export async function waitForState(page: Page, ...states: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => wanted.includes(document.documentElement.dataset.state ?? ""),
    states,
  );
}

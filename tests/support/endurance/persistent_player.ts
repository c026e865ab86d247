/**
 * A scripted player in Chromium that plays again after every end: it presses the first button of the end's notice,
 * and records the length of each interruption and whether the page showed a reason.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { openPage } from "../player.ts";

const CHECK_PERIOD = 250;
/** A picture that stands this long is an interruption, in milliseconds. */
const STANDS = 1_500;
/** An interruption without a notice for this long counts as unexplained, in milliseconds. */
const PATIENCE = 60_000;

interface View {
  readonly state: string;
  readonly presented: number;
  /** The notice over the picture; empty without one. */
  readonly notice: string;
}

export interface PersistentPlayer {
  /** Milliseconds of each interruption that is over: from the last moving picture to the next. */
  readonly interruptions: readonly number[];
  /** How often a session was lost and the page gave no reason. */
  readonly unexplained: readonly string[];
  /** True while pictures move. */
  readonly playing: boolean;
  /** The page's state and notice, for a report. */
  describe(): Promise<string>;
  /** Closes the page and stops playing. */
  stop(): Promise<void>;
}

/** Opens `path` of Farpad and plays until stopped. */
export async function startPersistentPlayer(
  browser: Browser,
  url: string,
): Promise<PersistentPlayer> {
  const page = await openPage(browser, url);
  const interruptions: number[] = [];
  const unexplained: string[] = [];
  let movedAt = performance.now();
  let presented = -1;
  let worded = false;
  let stopped = false;
  let pressedAt = -Infinity;

  async function check(): Promise<void> {
    const view = await read(page);
    const now = performance.now();
    if (view.state === "playing" && view.presented !== presented) {
      if (now - movedAt > STANDS && presented >= 0) interruptions.push(now - movedAt);
      presented = view.presented;
      movedAt = now;
      worded = false;
      return;
    }
    if (view.notice.length > 10) worded = true;
    if (view.state === "lobby" || view.state === "ended" || view.state === "refused") {
      if (!worded && view.state === "lobby") unexplained.push(`back in the lobby: ${view.notice}`);
      if (now - pressedAt < 2_000) return;
      pressedAt = now;
      if (view.state === "ended") await pressFirst(page);
      else await page.goto(url);
    }
    if (now - movedAt > PATIENCE && !worded) {
      unexplained.push(`no picture and no word for ${PATIENCE / 1000} s in state ${view.state}`);
      movedAt = now;
      await page.goto(url);
    }
  }

  const checking = (async () => {
    while (!stopped) {
      // The page may be between two documents; the next check follows soon.
      await check().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, CHECK_PERIOD));
    }
  })();

  return {
    interruptions,
    unexplained,
    get playing() {
      return presented >= 0 && performance.now() - movedAt < STANDS;
    },
    async describe() {
      const { state, notice } = await read(page);
      return `state "${state}": ${notice.replaceAll("\n", " · ")}`;
    },
    async stop() {
      stopped = true;
      await checking;
      // Leaving the page tells the coordinator that it closes; closing the browser's window alone does not.
      await page.goto("about:blank");
      await page.context().close();
    },
  };
}

function read(page: Page): Promise<View> {
  return page.evaluate(() => ({
    state: document.documentElement.dataset.state ?? "",
    presented: farpadProbe.presented,
    notice: document.querySelector<HTMLElement>(".notice")?.innerText ?? "",
  }));
}

async function pressFirst(page: Page): Promise<void> {
  await page.locator(".notice button").first().click({ timeout: 1_000 });
}

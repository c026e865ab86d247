/**
 * Measures the age of a picture when the browser's compositor gets it, and the time from a press to its effect. Real
 * coordinator, worker and Chromium on one machine over loopback.
 *
 * `glass`: 640×480 at 60 pictures a second with a time code, drawn when the frame is handed to the encoder →
 * `presentationTime` of `requestVideoFrameCallback`, the worker's clock brought to the page's by the clock
 * channel's quickest exchange. `input_extra`: a key's own event time → `presentationTime` of the first picture of
 * Paddle Duel with a lit backdrop, minus the two frames the game itself takes.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { bestOffset } from "../../protocol/control/clock_sync.ts";
import { timeCodeAge } from "../../protocol/picture/time_code.ts";
import { launchChromium } from "../support/browser.ts";
import { openPage, takePictures, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { percentile, round } from "./figures.ts";

const WARM_UP = 3_000;
const GLASS_TIME = 15_000;
const PRESSES = 60;
/** Two frames at the NES's 60.0988 pictures a second. */
const GAME_FRAMES = 2 * 1000 / 60.0988;

/** Runs the benchmark and returns both latencies, in milliseconds. */
export async function latency(): Promise<Record<string, number>> {
  await using stack = await startStack();
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    return { ...await glass(browser, stack), ...await inputExtra(browser, stack) };
  } finally {
    await browser.close();
  }
}

async function glass(browser: Browser, stack: Stack): Promise<Record<string, number>> {
  const page = await openPage(browser, `${stack.url}/play/test-pattern`);
  await waitForState(page, "playing");
  await pause(WARM_UP);
  await takePictures(page);
  const before = await presented(page);
  await pause(GLASS_TIME);
  const frames = await presented(page) - before;
  const pictures = await takePictures(page);
  const clock = await page.evaluate(() => farpadProbe.clock);
  const offset = bestOffset(clock) ?? 0;
  const ages = pictures.flatMap(({ drawnAt, presentedAt }) =>
    drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt + offset)]
  );
  await page.context().close();
  console.log(
    `glass        ${ages.length} pictures of ${pictures.length} read, clock offset ${
      round(offset)
    } ms`,
  );
  for (const p of [0.5, 0.95, 0.99]) {
    console.log(`  p${p * 100}`.padEnd(12), `${round(percentile(ages, p))} ms`);
  }
  const fps = frames / (GLASS_TIME / 1000);
  console.log("  pictures/s".padEnd(12), round(fps));
  return {
    glass_ms_p50: round(percentile(ages, 0.5)),
    glass_ms_p95: round(percentile(ages, 0.95)),
    fps: round(fps),
  };
}

async function inputExtra(browser: Browser, stack: Stack): Promise<Record<string, number>> {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await pause(WARM_UP);
  const extras: number[] = [];
  for (let n = 0; n < PRESSES; n++) {
    const extra = await pressOnce(page);
    if (extra !== undefined) extras.push(extra);
    // Presses must occur at every phase of the frame.
    await pause(120 + (n * 37) % 67);
  }
  await page.context().close();
  console.log(`input_extra  ${extras.length} of ${PRESSES} presses seen`);
  for (const p of [0.5, 0.95]) {
    console.log(`  p${p * 100}`.padEnd(12), `${round(percentile(extras, p))} ms`);
  }
  return { input_extra_ms_p50: round(percentile(extras, 0.5)) };
}

/** From a press to its picture beyond the game's own frames, in milliseconds. */
async function pressOnce(page: Page): Promise<number | undefined> {
  await takePictures(page);
  await page.keyboard.down("KeyX");
  await pause(150);
  await page.keyboard.up("KeyX");
  const pressedAt = await page.evaluate(() => farpadProbe.presses.at(-1));
  const lit = (await takePictures(page)).find(({ bar }) => bar?.lit);
  if (!lit || pressedAt === undefined) return undefined;
  return lit.presentedAt - pressedAt - GAME_FRAMES;
}

function presented(page: Page): Promise<number> {
  return page.evaluate(() => farpadProbe.presented);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

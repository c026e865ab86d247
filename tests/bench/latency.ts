/**
 * Measures the age of a picture when the browser's compositor gets it, and the time from a press to its effect. Real
 * coordinator, worker and Chromium on one machine over loopback.
 *
 * `glass`: 640×480 and, with their sizes in the names, others at 60 pictures a second with a time code, drawn when the frame is handed to the encoder →
 * `presentationTime` of `requestVideoFrameCallback`, the worker's clock brought to the page's by the clock
 * channel's quickest exchange. `input_extra`: a key's own event time → `presentationTime` of the first picture of
 * Paddle Duel with a lit backdrop, minus the two frames the game itself takes.
 *
 * @module
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { bestOffset } from "../../protocol/control/clock_sync.ts";
import { timeCodeAge } from "../../protocol/picture/time_code.ts";
import { idOf } from "../../worker/library/titles.ts";
import { launchChromium } from "../support/browser.ts";
import { openPage, takePictures, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { percentile, round } from "./figures.ts";

const WARM_UP = 3_000;
const GLASS_TIME = 15_000;
/** How long the other sizes are watched: all of it takes less than three minutes. */
const SIZE_TIME = 10_000;
const SIZES = [[256, 240], [1280, 720], [1920, 1080]] as const;
const PRESSES = 60;
/** Two frames at the NES's 60.0988 pictures a second. */
const GAME_FRAMES = 2 * 1000 / 60.0988;

/** Runs the benchmark and returns both latencies, in milliseconds. */
export async function latency(): Promise<Record<string, number>> {
  const roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  for (const [width, height] of SIZES) {
    const pattern = JSON.stringify({ width, height, frame_rate: 60 });
    await Deno.writeTextFile(join(roms, fileOf(width, height)), pattern);
  }
  await using stack = await startStack({ FARPAD_ROMS: roms });
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const usual = await glass(browser, stack, { app: "test-pattern", time: GLASS_TIME });
    const figures: Record<string, number> = { ...named(usual, ""), fps: usual.fps };
    for (const [width, height] of SIZES) {
      const app = idOf(fileOf(width, height));
      const found = await glass(browser, stack, { app, time: SIZE_TIME });
      Object.assign(figures, named(found, `_${width}x${height}`));
    }
    return { ...figures, ...await inputExtra(browser, stack) };
  } finally {
    await browser.close();
    await Deno.remove(roms, { recursive: true });
  }
}

/** Ages in milliseconds, and pictures a second. */
interface Glass {
  readonly ages: readonly number[];
  readonly fps: number;
}

function named({ ages }: Glass, suffix: string): Record<string, number> {
  return Object.fromEntries(
    [50, 95, 99].map((p) => [`glass_ms_p${p}${suffix}`, round(percentile(ages, p / 100))]),
  );
}

/** The file of the pattern of a size in the games folder. */
function fileOf(width: number, height: number): string {
  return `glass-${width}x${height}.pattern`;
}

async function glass(
  browser: Browser,
  stack: Stack,
  { app, time }: { readonly app: string; readonly time: number },
): Promise<Glass> {
  const page = await openPage(browser, `${stack.url}/play/${app}`);
  await waitForState(page, "playing");
  await pause(WARM_UP);
  await takePictures(page);
  const before = await presented(page);
  await pause(time);
  const frames = await presented(page) - before;
  const pictures = await takePictures(page);
  const clock = await page.evaluate(() => farpadProbe.clock);
  const offset = bestOffset(clock) ?? 0;
  const ages = pictures.flatMap(({ drawnAt, presentedAt }) =>
    drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt + offset)]
  );
  await page.context().close();
  console.log(
    `glass        ${app}: ${ages.length} pictures of ${pictures.length} read, clock offset ${
      round(offset)
    } ms`,
  );
  for (const p of [0.5, 0.95, 0.99]) {
    console.log(`  p${p * 100}`.padEnd(12), `${round(percentile(ages, p))} ms`);
  }
  const fps = round(frames / (time / 1000));
  console.log("  pictures/s".padEnd(12), fps);
  return { ages, fps };
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
  return {
    input_extra_ms_p50: round(percentile(extras, 0.5)),
    input_extra_ms_p95: round(percentile(extras, 0.95)),
  };
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

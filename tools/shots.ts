/**
 * Renders every page and state of the player into `shots/`, on a phone and on a desk, light and dark, against a
 * scripted coordinator. To be looked at.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../tests/support/browser.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../tests/support/fake_coordinator.ts";
import { openFakePage } from "../tests/support/web_page.ts";
import { SCENES } from "../tests/support/scenes.ts";
import { buildWeb } from "./web_build.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const OUT = `${ROOT}shots`;
const SIZES: Readonly<Record<string, BrowserContextOptions>> = {
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
  desk: { viewport: { width: 1440, height: 900 } },
};

await buildWeb();
await Deno.mkdir(OUT, { recursive: true });
const wanted = Deno.args.map((arg) => new RegExp(arg));
const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
let failures = 0;
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted.length > 0 && !wanted.some((pattern) => pattern.test(name))) continue;
  for (const [size, options] of Object.entries(scene.sizes ?? SIZES)) {
    for (const colorScheme of scene.schemes ?? ["light", "dark"] as const) {
      await shoot(browser, `${name}-${size}-${colorScheme}`, { ...options, colorScheme }, scene);
    }
  }
}
await browser.close();
Deno.exit(failures === 0 ? 0 : 1);

async function shoot(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
  scene: (typeof SCENES)[string],
): Promise<void> {
  await using fake: FakeCoordinator = startFakeCoordinator(`${ROOT}web/dist`);
  scene.script?.(fake);
  let page: Page | undefined;
  try {
    page = await openFakePage(browser, fake.url + (scene.path ?? "/"), options);
    await scene.act?.(page, fake);
    await page.waitForTimeout(scene.settle ?? 300);
    await page.screenshot({ path: `${OUT}/${file}.png` });
    console.log(`shots/${file}.png`);
  } catch (error) {
    failures++;
    console.error(`Cannot render ${file}: ${error instanceof Error ? error.message : error}`);
    await page?.screenshot({ path: `${OUT}/${file}.FAILED.png` });
  } finally {
    await page?.context().close();
  }
}

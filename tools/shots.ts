/**
 * Renders every page and state of the player and the dashboard into `shots/`, on a phone and on a desk, light and
 * dark, against scripted servers, for review by a person. `--all-sizes` adds the smallest phone, upright and lying,
 * and a television; `--sizes=small,lying` renders these sizes only. Other arguments are patterns of scene names.
 *
 * @module
 */
import type { BrowserContextOptions, Page } from "playwright-core";
import { errorText } from "../protocol/error_text.ts";
import { launchChromium } from "../tests/support/browser.ts";
import { DRIVE_SCENES } from "../tests/support/driving/drive_scenes.ts";
import { startFakeCoordinator } from "../tests/support/fake_coordinator.ts";
import { growToPage, playScene } from "../tests/support/operator/operator_page.ts";
import { OPERATOR_SCENES } from "../tests/support/operator/scenes.ts";
import { RECORDING_SCENES } from "../tests/support/recordings/recording_scenes.ts";
import { ROOM_SCENES } from "../tests/support/room/room_scenes.ts";
import { COUCH_SCENES } from "../tests/support/room/couch_scenes.ts";
import { SAVE_SCENES } from "../tests/support/saves/save_scenes.ts";
import { type Scene, SCENES } from "../tests/support/scenes.ts";
import { openFakePage } from "../tests/support/web_page.ts";
import { buildWeb } from "./web_build.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const DIST = `${ROOT}web/dist`;
const OUT = `${ROOT}shots`;
const TOUCH = { isMobile: true, hasTouch: true };
const USUAL: Readonly<Record<string, BrowserContextOptions>> = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, ...TOUCH },
  desk: { viewport: { width: 1440, height: 900 } },
};
const ALL: typeof USUAL = {
  ...USUAL,
  small: { viewport: { width: 320, height: 568 }, ...TOUCH },
  lying: { viewport: { width: 568, height: 320 }, ...TOUCH },
  television: { viewport: { width: 3840, height: 2160 } },
};
/** Milliseconds before a picture is taken, unless the scene says otherwise. */
const SETTLE = 300;

type Take = (options: BrowserContextOptions, file: string) => Promise<void>;

await buildWeb();
await Deno.mkdir(OUT, { recursive: true });
const options = Deno.args.filter((arg) => arg.startsWith("--"));
const wanted = Deno.args.filter((arg) => !options.includes(arg)).map((arg) => new RegExp(arg));
const sizesNamed = options.flatMap((option) =>
  /^--sizes=(.+)$/.exec(option)?.[1]?.split(",") ?? []
);
const chosen = options.includes("--all-sizes") ? ALL : sizesNamed.length === 0 ? USUAL : named();
const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
let failures = 0;
for (
  const [name, scene] of Object.entries({
    ...SCENES,
    ...DRIVE_SCENES,
    ...RECORDING_SCENES,
    ...ROOM_SCENES,
    ...COUCH_SCENES,
    ...SAVE_SCENES,
  })
) {
  await shoot(name, scene, (options, file) => takePlayer(scene, options, file));
}
for (const [name, scene] of Object.entries(OPERATOR_SCENES)) {
  await shoot(name, {}, (options, file) =>
    playScene(browser, scene, {
      dist: DIST,
      options,
      async then(page) {
        if (scene.whole) await growToPage(page);
        await picture(page, file, scene.settle);
      },
    }));
}
await browser.close();
Deno.exit(failures === 0 ? 0 : 1);

/** The sizes that the command line names. */
function named(): typeof USUAL {
  const unknown = sizesNamed.find((name) => !(name in ALL));
  if (unknown !== undefined) {
    console.error(`Cannot render size ${unknown}: there are ${Object.keys(ALL).join(", ")}.`);
    Deno.exit(2);
  }
  return Object.fromEntries(Object.entries(ALL).filter(([name]) => sizesNamed.includes(name)));
}

/** Takes a scene in every size and scheme, if its name is wanted. */
async function shoot(
  name: string,
  { sizes = chosen, schemes = ["light", "dark"] }: Pick<Scene, "sizes" | "schemes">,
  take: Take,
): Promise<void> {
  if (wanted.length > 0 && !wanted.some((pattern) => pattern.test(name))) return;
  for (const [size, options] of Object.entries(sizes)) {
    for (const colorScheme of schemes) {
      const file = `${name}-${size}-${colorScheme}`;
      try {
        await take({ ...options, colorScheme }, file);
        console.log(`shots/${file}.png`);
      } catch (error) {
        failures++;
        console.error(`Cannot render ${file}: ${errorText(error)}`);
      }
    }
  }
}

async function takePlayer(
  scene: Scene,
  options: BrowserContextOptions,
  file: string,
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  scene.script?.(fake);
  const page = await openFakePage(browser, fake.url + (scene.path ?? "/"), { options });
  try {
    await scene.act?.(page, fake);
    await picture(page, file, scene.settle);
  } finally {
    await page.context().close();
  }
}

async function picture(page: Page, file: string, settle = SETTLE): Promise<void> {
  await page.waitForTimeout(settle);
  await page.screenshot({ path: `${OUT}/${file}.png` });
}

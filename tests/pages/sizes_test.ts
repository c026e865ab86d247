import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchShell } from "../support/browser.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../support/fake_coordinator.ts";
import {
  FIVE_SEATS,
  FIVE_WATCHED,
  openSheet,
  ROOM_SCENES,
  showFiveOwn,
  showRoom,
} from "../support/room/room_scenes.ts";
import { SAVE_SCENES } from "../support/saves/save_scenes.ts";
import { SCENES } from "../support/scenes.ts";
import { openFakePage, waitForState } from "../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;
const PLAY = "/play/paddle-duel";
const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 800 } };

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

/** Runs `story` on a fresh page against a fresh coordinator. */
async function on(
  { path = "/", options = DESK }: {
    readonly path?: string;
    readonly options?: BrowserContextOptions;
  },
  story: (page: Page, fake: FakeCoordinator) => Promise<void>,
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  const page = await openFakePage(browser, fake.url + path, { options });
  try {
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

/** Names of controls that are cut by the edge of the screen, or that lie over one another. */
function crowded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = [
      ...document.querySelectorAll(
        ".bar :is(a, button, .seat-tag), .top-title, .voice, .picture-note, .latest-line, .toast, .notice-card, .room-head button, .touch-key, .touch-cross",
      ),
    ]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ element, box }) =>
        box.width > 0 && element.checkVisibility({ visibilityProperty: true })
      );
    const name = ({ element }: (typeof seen)[number]) =>
      element.getAttribute("aria-label") ?? element.textContent ?? "";
    const cut = seen.filter(({ box }) =>
      box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight
    );
    const over = seen.flatMap((one, i) =>
      seen.slice(i + 1).filter(({ box }) =>
        box.left < one.box.right - 1 && one.box.left < box.right - 1 &&
        box.top < one.box.bottom - 1 && one.box.top < box.bottom - 1
      ).map((other) => `${name(one)} and ${name(other)}`)
    );
    return [...cut.map(name), ...over];
  });
}

/** The keys of the touch pad that lie over the picture. */
function overPicture(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const picture = document.querySelector(".picture")!.getBoundingClientRect();
    return [...document.querySelectorAll(".touch-key, .touch-cross")].filter((key) => {
      const box = key.getBoundingClientRect();
      return box.left < picture.right && picture.left < box.right &&
        box.top < picture.bottom && picture.top < box.bottom;
    }).map((key) => key.textContent || key.className);
  });
}

Deno.test("[PLY35] on the smallest phone no control is cut or covered, upright and lying", async () => {
  for (const viewport of [{ width: 320, height: 568 }, { width: 568, height: 320 }]) {
    const options = { viewport, isMobile: true, hasTouch: true };
    for (const path of [PLAY, "/play/copper-circuit"]) {
      await on({ path, options }, async (page) => {
        await waitForState(page, "playing");
        await page.locator(".touch-pad").waitFor();
        deepEqual(await crowded(page), []);
        deepEqual(await overPicture(page), []);
        await page.getByRole("button", { name: "Menu" }).click();
        const menu = page.getByRole("menu", { name: "Game" });
        const hidden = await menu.evaluate((element) => {
          const { left, right, bottom } = element.getBoundingClientRect();
          const isCut = left < 0 || right > innerWidth || bottom > innerHeight;
          return isCut ? Infinity : element.scrollHeight - element.clientHeight;
        });
        equal(hidden, 0);
        // A browser without full screen of a page: picture and pad fill the window, and the way back is there.
        await page.evaluate(() =>
          Object.defineProperty(Element.prototype, "requestFullscreen", { value: undefined })
        );
        await menu.getByRole("menuitem", { name: "Full screen" }).click();
        await page.locator('.cinema[data-fills="true"] .touch-pad').waitFor();
        deepEqual(await crowded(page), []);
        deepEqual(await overPicture(page), []);
        const isUpright = viewport.height > viewport.width;
        if (isUpright) {
          equal((await page.getByTestId("picture").boundingBox())?.width, viewport.width);
        } else await page.getByRole("button", { name: "Menu" }).click();
        await page.getByRole(isUpright ? "button" : "menuitem", { name: "Leave full screen" })
          .click();
        await page.locator('.cinema[data-fills="false"]').waitFor();
      });
    }
    await on({ options }, async (page) => {
      await page.getByRole("link", { name: /Paddle Duel/ }).first().waitFor();
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      equal(await width(), viewport.width);
    });
  }
});

Deno.test("[PLY35] on the smallest phone the voices of a room cover nothing, whoever has its seats", async () => {
  const speaks = { voice: { track: 9, talking: true } };
  const spoken = {
    ...FIVE_SEATS,
    p2: { ...FIVE_SEATS.p2, ...speaks },
    p3: { ...FIVE_SEATS.p3, ...speaks },
  };
  const unsaved = {
    ...FIVE_SEATS,
    room: { ...FIVE_SEATS.room, unsaved: { since: 0, why: "full" } },
  };
  for (const viewport of [{ width: 320, height: 568 }, { width: 568, height: 320 }]) {
    const options = { viewport, isMobile: true, hasTouch: true };
    await on({ path: "/play/copper-circuit", options }, async (page, fake) => {
      const isClear = async (what: string) => deepEqual([what, ...await crowded(page)], [what]);
      await showFiveOwn(page, fake);
      await page.locator(".touch-pad").waitFor();
      await isClear("all seats are one's own");
      await openSheet(page, "People");
      await isClear("all seats are one's own, with the sheet");
      const rooms = { FIVE_SEATS, FIVE_WATCHED, spoken, unsaved };
      for (const [what, entities] of Object.entries(rooms)) {
        await showRoom(page, fake, { entities });
        if (entities === unsaved) await page.locator(".picture-note").waitFor();
        if (entities === spoken) await page.locator(".voice[data-talking=true]").nth(1).waitFor();
        await isClear(`${what}, with the sheet`);
        await page.getByRole("button", { name: "Close people and chat" }).click();
        await isClear(what);
        await openSheet(page, "People");
      }
      await page.getByRole("button", { name: "Close people and chat" }).click();
      fake.script.reachable = false;
      fake.cut();
      await page.getByText("The game goes on; links").waitFor();
      await isClear("unsaved, and Farpad is away");
      await page.keyboard.press("F2");
      await page.locator(".toast").waitFor();
      await isClear("unsaved, and a result is shown");
    });
  }
});

Deno.test("[PLY35] no dialog of a game is wider than the smallest phone", async () => {
  const options = { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true };
  const scenes = { ...SCENES, ...ROOM_SCENES, ...SAVE_SCENES };
  for (const name of ["play-controls", "room-share", "saves", "saves-rename"]) {
    await using fake = startFakeCoordinator(DIST);
    const scene = scenes[name]!;
    scene.script?.(fake);
    const page = await openFakePage(browser, fake.url + scene.path, { options });
    try {
      await scene.act?.(page, fake);
      const widths = await page.locator("dialog[open]").evaluateAll((all) =>
        all.map((dialog) => [dialog.scrollWidth - dialog.clientWidth, innerWidth])
      );
      ok(widths.length > 0, `${name} shows no dialog`);
      deepEqual([name, ...widths], [name, ...widths.map(() => [0, 320])]);
    } finally {
      await page.context().close();
    }
  }
});

Deno.test("[PLY35] on a television the controls grow with the screen", () =>
  on({ path: PLAY, options: { viewport: { width: 3840, height: 2160 } } }, async (page) => {
    await waitForState(page, "playing");
    const box = await page.getByRole("button", { name: "Menu" }).boundingBox();
    ok(box!.width >= 70, `the button is ${box!.width} pixels wide`);
  }));

Deno.test("[PLY36] a paused game shows no figures of the play before", () =>
  on({ path: PLAY }, async (page) => {
    await waitForState(page, "playing");
    await page.getByRole("button", { name: /Live figures: .* round trip/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Live figures: none. Paused" }).waitFor();
  }));

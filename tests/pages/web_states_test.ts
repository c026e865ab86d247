import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buttonBit } from "../../protocol/control/pad.ts";
import { findFaults } from "../support/axe.ts";
import { launchShell } from "../support/browser.ts";
import {
  type FakeCoordinator,
  type Script,
  startFakeCoordinator,
} from "../support/fake_coordinator.ts";
import { fakeRoom, LIBRARY, ROOM } from "../support/fake_library.ts";
import { openFakePage, waitForState } from "../support/web_page.ts";
import { until } from "../support/waiting/waiting.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;
const PLAY = "/play/paddle-duel";

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

interface Setup {
  readonly path?: string;
  readonly script?: (script: FakeCoordinator["script"]) => void;
  readonly options?: BrowserContextOptions;
}

/** Runs `story` on a fresh page against a fresh coordinator. */
async function on(
  { path = "/", script, options }: Setup,
  story: (page: Page, fake: FakeCoordinator) => Promise<void>,
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  script?.(fake.script);
  const page = await openFakePage(browser, fake.url + path, {
    options: { viewport: { width: 1200, height: 800 }, ...options },
  });
  try {
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

async function says(page: Page, ...texts: readonly (string | RegExp)[]): Promise<void> {
  for (const text of texts) await page.getByText(text).first().waitFor();
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`[PLY16] the lobby has no serious fault in ${colorScheme}, menu and reasons included`, () =>
    on({ options: { colorScheme } }, async (page) => {
      await page.getByRole("link", { name: /Paddle Duel/ }).first().waitFor();
      await says(page, "No Nintendo 64 core is installed on this worker.");
      deepEqual(await findFaults(page), []);
      await page.locator(".worker-chip").click();
      await says(page, "Nearest with a free place", /0 of 8 places free/, "no answer");
      deepEqual(await findFaults(page), []);
    }));
}

Deno.test("[PLY14] the library is found by shelf, system and words", () =>
  on({}, async (page) => {
    const titles = () => page.locator(".app-card h3").allInnerTexts();
    await page.getByRole("button", { name: "GBA" }).click();
    deepEqual(await titles(), ["Glass Harbour", "River Fox"]);
    await page.getByRole("button", { name: "Live" }).click();
    deepEqual(await titles(), ["Harbour camera", "Test pattern"]);
    await page.getByRole("button", { name: "Drive" }).click();
    deepEqual(await titles(), ["Garden rover"]);
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByRole("searchbox").fill("tin nes");
    deepEqual(await titles(), ["Tin Orbit"]);
    await page.getByRole("searchbox").fill("chess");
    await says(page, "Nothing is called “chess”");
    await page.getByRole("button", { name: "Show everything" }).click();
    equal((await titles()).length, 2);
  }));

Deno.test("[PLY13] an empty library shows how to add games, and without a worker the lobby waits for one", async () => {
  await on({ script: (script) => (script.apps = []) }, async (page, fake) => {
    await says(page, "No games yet");
    deepEqual(await findFaults(page), []);
    fake.send("library.changed", { apps: [LIBRARY[0]!] });
    await page.getByRole("link", { name: /Paddle Duel/ }).waitFor();
  });
  await on({ script: (script) => (script.greeting = "no_worker") }, async (page) => {
    await says(page, "No worker is connected");
    deepEqual(await findFaults(page), []);
  });
});

Deno.test("[PLY13] a lobby that loses the coordinator shows it with a countdown, and reconnects", () =>
  on({}, async (page, fake) => {
    await page.getByRole("link", { name: /Paddle Duel/ }).waitFor();
    fake.script.reachable = false;
    fake.cut();
    await says(page, /Farpad cannot be reached\. Next try in \d\ss\./);
    deepEqual(await findFaults(page), []);
    fake.script.reachable = true;
    // On a busy machine the page may have connected by itself meanwhile.
    await page.getByRole("button", { name: "Try now" }).evaluateAll((found) =>
      found.forEach((button) => button instanceof HTMLElement && button.click())
    );
    await page.getByText("cannot be reached").waitFor({ state: "detached" });
  }));

Deno.test("[PLY18] a browser that is not let in sees how to get in, and no endless wait", async () => {
  const script = (script: Script) => void (script.greeting = "turned_away");
  for (const path of ["/", PLAY]) {
    await on({ path, script }, async (page) => {
      await says(page, "You need an invitation", "Sign in");
      await page.getByRole("button", { name: "Try again" }).waitFor();
      equal(await page.getByText("Connecting").count(), 0);
      deepEqual(await findFaults(page), []);
    });
  }
});

Deno.test("[PLY13] while playing no overlay has a fault, and pause and save show their result", () =>
  on({ path: PLAY }, async (page, fake) => {
    await waitForState(page, "playing");
    equal(await page.evaluate(() => document.documentElement.dataset.room), ROOM);
    deepEqual(await findFaults(page), []);
    const menu = page.getByRole("menuitem");
    await page.keyboard.press("Escape");
    deepEqual(await findFaults(page), []);
    await menu.filter({ hasText: /^Save$/ }).click();
    await says(page, /Saved \(13\skB\)\./);
    await page.keyboard.press("Escape");
    await menu.filter({ hasText: "Load" }).click();
    await says(page, "There is no save of this app.");
    await page.keyboard.press("Escape");
    await menu.filter({ hasText: "Keys" }).click();
    await page.getByRole("dialog", { name: "Keys and buttons" }).waitFor();
    deepEqual(await findFaults(page), []);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await menu.filter({ hasText: "Share" }).click();
    const link = page.getByRole("textbox", { name: "Link: Play along" });
    await link.waitFor();
    equal(await link.inputValue(), `${fake.url}/?room=${ROOM}&share=shr_1.player`);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: /Live figures/ }).click();
    await says(page, "From press to picture", "VP8");
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("heading", { name: "Paused" }).waitFor();
    deepEqual(await findFaults(page), []);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Paused" }).waitFor({ state: "detached" });
    // A core that turns its picture.
    fake.send("room.changed", {
      room: { ...fake.script.starts, width: 240, height: 320, aspect: 0.75 },
    });
    await page.waitForFunction(() => {
      const box = document.querySelector(".picture")!.getBoundingClientRect();
      return Math.abs(box.width / box.height - 0.75) < 0.01;
    });
  }));

Deno.test("[PLY8] a picture that stands still has a notice until it moves again", () =>
  on({ path: PLAY }, async (page, fake) => {
    await waitForState(page, "playing");
    fake.order({ type: "freeze" });
    await says(page, "The picture stands still", /new connection in \d\ss/);
    fake.order({ type: "thaw" });
    await page.getByText("The picture stands still").waitFor({ state: "detached" });
    await waitForState(page, "playing");
  }));

Deno.test("[PLY7] a worker that sends nothing is lost, and play goes on in the same room", () =>
  on({ path: PLAY }, async (page, fake) => {
    await waitForState(page, "playing");
    fake.order({ type: "die" });
    await waitForState(page, "lost");
    await says(page, "Connection lost", /Your room is kept/, /Trying again in \d\ss/);
    deepEqual(await findFaults(page), []);
    await waitForState(page, "playing");
    const inits = fake.received.filter(({ type }) => type === "webrtc.init");
    deepEqual(inits.map(({ payload }) => "room_id" in payload && payload.room_id), [false, ROOM]);
  }));

Deno.test("[PLY5] a socket that is cut and comes back does not disturb the picture", () =>
  on({ path: PLAY }, async (page, fake) => {
    await waitForState(page, "playing");
    const shown = await framesShown(page);
    fake.cut();
    const greetings = () => fake.received.filter(({ type }) => type === "latency.check.response");
    await until("the page is back", () => greetings().length === 2);
    equal(fake.received.filter(({ type }) => type === "webrtc.init").length, 1);
    ok(await framesShown(page) > shown + 10);
    equal(await page.evaluate(() => document.documentElement.dataset.state), "playing");
  }));

Deno.test("[SES9] an end shows its reason and its actions", () =>
  on({ path: PLAY }, async (page, fake) => {
    await waitForState(page, "playing");
    fake.send("session.ended", { reason: "worker_lost" });
    await waitForState(page, "ended");
    await says(page, "The worker is gone", "The worker cannot be reached any more.");
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Play again" }).click();
    await waitForState(page, "playing");
    fake.send("session.ended", { reason: "operator" });
    await page.getByRole("button", { name: "Back to the library" }).click();
    await waitForState(page, "lobby");
    await says(page, "Continue");
  }));

Deno.test("[PLY13] waiting, connecting and what cannot be played each have their words", async () => {
  const stories: readonly [Setup, state: string, ...texts: (string | RegExp)[]][] = [
    [
      { path: PLAY, script: (script) => (script.init = "no_capacity") },
      "no_capacity",
      "No free place in Frankfurt",
      "Waiting for one. Play begins by itself.",
    ],
    [
      { path: PLAY, script: (script) => (script.greeting = "silence") },
      "connecting",
      "Looking for the nearest worker.",
    ],
    [
      { path: PLAY, script: (script) => (script.init = "silence") },
      "negotiating",
      "Starting Paddle Duel",
      "Asking fra-1 for a place.",
    ],
    [{ path: "/?room=room_gone" }, "refused", "This room is not open"],
    [
      { path: "/play/marble-run", script: (script) => (script.init = "refused") },
      "refused",
      "Cannot be played here",
      "No Nintendo 64 core is installed on this worker.",
    ],
  ];
  for (const [setup, state, ...texts] of stories) {
    await on(setup, async (page) => {
      await waitForState(page, state);
      await says(page, ...texts);
      deepEqual(await findFaults(page), []);
      await page.getByRole("button", { name: "Back to the library" }).click();
      await waitForState(page, "lobby");
    });
  }
});

Deno.test("[PLY6] media that do not come up are negotiated twice, then the page shows it", () =>
  on({ path: PLAY, script: (script) => (script.takesAnswers = false) }, async (page, fake) => {
    await waitForState(page, "ended");
    // The worker answers connectivity checks before it has the page's answer.
    await says(page, "No media connection", /A path to the worker was found/);
    equal(fake.received.filter(({ type }) => type === "webrtc.init").length, 2);
    fake.script.takesAnswers = true;
    await page.getByRole("button", { name: "Try again" }).click();
    await waitForState(page, "playing");
  }));

Deno.test("[PLY13] a browser without WebRTC gets a notice", () =>
  on({}, async (page) => {
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
    await page.goto(new URL(PLAY, page.url()).href);
    await says(page, "This browser has no WebRTC");
    deepEqual(await findFaults(page), []);
  }));

Deno.test("[PLY13] sound that the browser blocks is on after one press", () =>
  on({}, async (page) => {
    await page.addInitScript(() => {
      // The debugger's own calls count as presses with Chromium.
      let pressed = false;
      addEventListener("pointerdown", () => (pressed = true), { capture: true });
      const play = HTMLMediaElement.prototype.play;
      const error = new DOMException("blocked", "NotAllowedError");
      HTMLMediaElement.prototype.play = function () {
        return this.muted || pressed ? play.call(this) : Promise.reject(error);
      };
    });
    await page.goto(new URL(PLAY, page.url()).href);
    await waitForState(page, "playing");
    const muted = () => page.evaluate(() => document.querySelector("video")!.muted);
    equal(await muted(), true);
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Turn on sound" }).first().click();
    equal(await muted(), false);
  }));

Deno.test("[PLY16] from the lobby into the game and out again, by keyboard alone", () =>
  on({}, async (page, fake) => {
    await page.getByRole("link", { name: /Paddle Duel/ }).waitFor();
    await tabTo(page, /Paddle Duel/);
    await page.keyboard.press("Enter");
    await waitForState(page, "playing");
    await page.keyboard.down("KeyX");
    await received(fake, buttonBit("a"));
    await page.keyboard.press("Escape");
    await received(fake, 0);
    await page.keyboard.up("KeyX");
    equal(await focused(page), "Pause");
    await page.keyboard.press("ArrowUp");
    equal(await focused(page), "Leave");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await received(fake, buttonBit("start"));
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await waitForState(page, "lobby");
    ok(fake.received.some(({ type }) => type === "app.quit"));
  }));

Deno.test("[PLY4] a phone shows the touch pad, and a touch on it is sent", () =>
  on({
    path: PLAY,
    options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  }, async (page, fake) => {
    await waitForState(page, "playing");
    await page.locator("[data-button=a]").tap();
    await received(fake, buttonBit("a"));
    await received(fake, 0);
    const cross = (await page.locator("[data-cross]").boundingBox())!;
    await page.touchscreen.tap(cross.x + cross.width * 0.88, cross.y + cross.height / 2);
    await received(fake, buttonBit("right"));
    deepEqual(await findFaults(page), []);
  }));

Deno.test("a watcher sees the players and takes the open seat", () =>
  on({
    path: `/?room=${ROOM}`,
    script: (script) => {
      const seats = [
        { seat: 0, session_id: "ses_other", connected: true },
        { seat: 1, connected: false },
      ];
      script.room = script.starts = fakeRoom({ seats, viewers: 2 });
    },
  }, async (page, fake) => {
    await waitForState(page, "playing");
    await says(page, "P1 taken", "you watch");
    deepEqual(await findFaults(page), []);
    // The controls may have gone while the faults were looked for.
    await page.mouse.move(300, 300);
    await page.getByRole("button", { name: "Take P2" }).click();
    await says(page, "You play as P2.");
    ok(fake.asked.some(({ verb }) => verb === "seat.take"));
  }));

async function framesShown(page: Page): Promise<number> {
  return await page.evaluate(() =>
    document.querySelector("video")!.getVideoPlaybackQuality().totalVideoFrames
  );
}

/** Waits until the worker received a pad with exactly these buttons, and clears the list of pads. */
async function received(fake: FakeCoordinator, buttons: number): Promise<void> {
  await until(`pad ${buttons}`, () => fake.pads.includes(buttons));
  fake.pads.splice(0, fake.pads.indexOf(buttons) + 1);
}

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 40; i++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`40 tabs did not reach ${name}`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element?.matches("a, button, input")) return "";
    return element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
  });
}

for (const path of ["/play/スーパー", "/play/Paddle%20Duel", "/play/", "/?room=%00", "/?room="]) {
  Deno.test(`[PLY17] ${path} is refused at once, without a request`, () =>
    on({ path }, async (page, fake) => {
      await waitForState(page, "refused");
      await says(page, "This link leads nowhere");
      deepEqual(await findFaults(page), []);
      equal(fake.received.filter(({ type }) => type === "webrtc.init").length, 0);
      await page.getByRole("button", { name: "Back to the library" }).click();
      await waitForState(page, "lobby");
    }));
}

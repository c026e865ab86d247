/**
 * The scenes of the player: each scripts the coordinator and the acts of the person.
 *
 * @module
 */
import type { BrowserContextOptions, Page } from "playwright-core";
import type { FakeCoordinator } from "./fake_coordinator.ts";
import { fakeRoom, ROOM } from "./fake_library.ts";
import { waitForState } from "./web_page.ts";

export interface Scene {
  readonly path?: string;
  readonly script?: (fake: FakeCoordinator) => void;
  readonly act?: (page: Page, fake: FakeCoordinator) => Promise<void>;
  /** Milliseconds to wait before the picture is taken. */
  readonly settle?: number;
  /** Instead of the usual sizes. */
  readonly sizes?: Readonly<Record<string, BrowserContextOptions>>;
  /** The player's screen is dark in both colour schemes, so one picture is enough. */
  readonly schemes?: readonly ("light" | "dark")[];
}

const CINEMA = { schemes: ["dark"] } as const;
const PLAY = "/play/paddle-duel";

async function playing(page: Page): Promise<void> {
  await waitForState(page, "playing");
  await page.waitForTimeout(3_200);
  await page.mouse.move(200, 200);
  await page.waitForTimeout(100);
}

/** Waits until the library shows its apps. */
async function library(page: Page): Promise<void> {
  await page.getByRole("link", { name: /Paddle Duel/ }).first().waitFor();
  await page.waitForTimeout(500);
}

async function openMenu(page: Page): Promise<void> {
  await playing(page);
  await page.getByRole("button", { name: "Menu" }).click();
}

const LANDSCAPE: Scene["sizes"] = {
  landscape: {
    viewport: { width: 844, height: 390 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
};

export const SCENES: Readonly<Record<string, Scene>> = {
  "lobby": { act: library },
  "lobby-continue": {
    act: async (page) => {
      await page.goto(new URL(PLAY, page.url()).href);
      await playing(page);
      await page.evaluate(() => {
        const recents = JSON.parse(localStorage.getItem("farpad.recents") ?? "[]");
        const more = ["river-fox", "snow-parade"].map((app_id, i) => ({
          app_id,
          title: app_id,
          system: "GBA",
          played_at: Date.now() - (i * 20 + 2) * 3_600_000,
        }));
        recents[0].played_at -= 130_000;
        localStorage.setItem("farpad.recents", JSON.stringify([...recents, ...more]));
      });
      await page.goto(new URL("/", page.url()).href);
      // The page stored the game again when the player left it.
      await library(page);
    },
  },
  "lobby-search": {
    act: async (page) => {
      await library(page);
      await page.getByRole("searchbox").fill("o r");
    },
  },
  "lobby-nothing-found": {
    act: async (page) => {
      await library(page);
      await page.getByRole("searchbox").fill("chess");
    },
  },
  "lobby-live": {
    act: async (page) => {
      await library(page);
      await page.getByRole("button", { name: "Live" }).click();
    },
  },
  "lobby-desktop": {
    act: async (page) => {
      await library(page);
      await page.getByRole("button", { name: "Desktop" }).click();
    },
  },
  "lobby-workers": {
    act: async (page) => {
      await library(page);
      await page.locator(".worker-chip").click();
      await page.waitForTimeout(400);
    },
  },
  "lobby-focus": {
    act: async (page) => {
      await library(page);
      for (let i = 0; i < 13; i++) await page.keyboard.press("Tab");
    },
  },
  "lobby-small": { script: ({ script }) => (script.apps = script.apps.slice(0, 2)), act: library },
  "lobby-empty": { script: ({ script }) => (script.apps = []), settle: 900 },
  "lobby-loading": { script: ({ script }) => (script.greeting = "silence"), settle: 600 },
  "lobby-no-worker": { script: ({ script }) => (script.greeting = "no_worker"), settle: 600 },
  "lobby-lost": {
    act: async (page, fake) => {
      await library(page);
      fake.script.reachable = false;
      fake.cut();
      await page.getByText("cannot be reached").waitFor();
    },
  },
  "check": { path: "/check", settle: 4_000 },
  "play": { ...CINEMA, path: PLAY, act: playing },
  "play-idle": { ...CINEMA, path: PLAY, act: playing, settle: 4_000 },
  "play-landscape": { ...CINEMA, path: PLAY, act: playing, sizes: LANDSCAPE! },
  "play-snes": {
    ...CINEMA,
    path: "/play/copper-circuit",
    script: (
      { script },
    ) => (script.starts = fakeRoom({ app_id: "copper-circuit", title: "Copper Circuit" })),
    act: playing,
  },
  "play-menu": { ...CINEMA, path: PLAY, act: openMenu },
  "play-panel": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await playing(page);
      await page.getByRole("button", { name: /Live figures/ }).click();
      await page.waitForTimeout(9_000);
    },
  },
  "play-help": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: /Keys/ }).click();
    },
  },
  "play-controls": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await page.evaluate(() => {
        const pad = { id: "Living Room Pad", index: 0, mapping: "standard", connected: true };
        const buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
        const all = [{ ...pad, axes: [0.4, -0.6, 0.05, 0.02], buttons }];
        navigator.getGamepads = () => all as unknown as Gamepad[];
      });
      await openMenu(page);
      await page.getByRole("menuitem", { name: /Keys/ }).click();
      await page.getByRole("button", { name: "Change controls and picture" }).click();
      await page.getByRole("button", { name: "Change the key of A" }).click();
      await page.keyboard.press("z");
    },
  },
  "play-tube": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await page.evaluate(() =>
        localStorage.setItem("farpad.controls", JSON.stringify({ filter: "tube" }))
      );
      await page.reload();
      await playing(page);
    },
  },
  "play-share": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: /Share/ }).click();
    },
  },
  "play-saved": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Save", exact: true }).click();
      await openMenu(page);
      await page.getByRole("menuitem", { name: /Load/ }).click();
      await page.mouse.move(300, 300);
    },
  },
  "play-paused": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await playing(page);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("heading", { name: "Paused" }).waitFor();
    },
  },
  "play-spectator": {
    ...CINEMA,
    path: `/?room=${ROOM}`,
    script: ({ script }) => {
      const seats = [
        { seat: 0, session_id: "ses_other", connected: true },
        { seat: 1, connected: false },
      ];
      script.room = script.starts = fakeRoom({ seats, viewers: 4 });
    },
    act: playing,
  },
  "play-sound-blocked": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await page.addInitScript(() => {
        const play = HTMLMediaElement.prototype.play;
        const error = new DOMException("blocked", "NotAllowedError");
        HTMLMediaElement.prototype.play = function () {
          return this.muted ? play.call(this) : Promise.reject(error);
        };
      });
      await page.goto(new URL(PLAY, page.url()).href);
      await playing(page);
    },
  },
  "play-reset": {
    ...CINEMA,
    path: PLAY,
    act: async (page) => {
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Start over" }).click();
    },
  },
  "play-coordinator-away": {
    ...CINEMA,
    path: PLAY,
    act: async (page, fake) => {
      await playing(page);
      fake.script.reachable = false;
      fake.cut();
      await page.getByText("The game goes on").waitFor();
    },
  },
  "play-frozen": {
    ...CINEMA,
    path: PLAY,
    act: async (page, fake) => {
      await playing(page);
      fake.order({ type: "freeze" });
      await page.getByText("stands still").waitFor();
      await page.waitForTimeout(1_000);
    },
  },
  "play-connecting": {
    ...CINEMA,
    path: PLAY,
    script: ({ script }) => (script.greeting = "silence"),
    settle: 1_800,
  },
  "play-unreachable": {
    ...CINEMA,
    path: PLAY,
    script: ({ script }) => (script.reachable = false),
    settle: 1_500,
  },
  "play-starting": {
    ...CINEMA,
    path: PLAY,
    script: ({ script }) => (script.init = "silence"),
    settle: 1_800,
  },
  "play-no-place": {
    ...CINEMA,
    path: PLAY,
    script: ({ script }) => (script.init = "no_capacity"),
    settle: 2_500,
  },
  "play-lost": {
    ...CINEMA,
    path: PLAY,
    act: async (page, fake) => {
      await playing(page);
      fake.script.init = "silence";
      fake.order({ type: "die" });
      await waitForState(page, "lost");
    },
  },
  "play-not-connected": {
    ...CINEMA,
    path: PLAY,
    script: ({ script }) => (script.takesAnswers = false),
    act: (page) => waitForState(page, "ended"),
  },
  "play-ended": {
    ...CINEMA,
    path: PLAY,
    act: async (page, fake) => {
      await playing(page);
      const cause = "Its process ended with signal SIGKILL";
      fake.send("session.ended", { reason: "crashed", cause });
      await waitForState(page, "ended");
    },
  },
  "play-no-room": { ...CINEMA, path: "/?room=room_gone", settle: 900 },
  "play-unavailable": {
    ...CINEMA,
    path: "/play/marble-run",
    script: ({ script }) => (script.init = "refused"),
    settle: 900,
  },
  "play-no-webrtc": {
    ...CINEMA,
    act: async (page) => {
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
      await page.goto(new URL(PLAY, page.url()).href);
    },
    settle: 900,
  },
};

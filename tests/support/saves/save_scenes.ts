/**
 * The scenes of the saves of a game: the dialog with saves of each kind, without any, and unread, and a room whose state is
 * not kept.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { SaveEntry } from "../../../protocol/saves/save.ts";
import type { FakeCoordinator } from "../fake_coordinator.ts";
import { FULL_ROOM, showRoom } from "../room/room_scenes.ts";
import type { Scene } from "../scenes.ts";

const SCENE = { path: "/play/paddle-duel", schemes: ["dark"], settle: 600 } as const;
const MINUTE = 60_000;
const CORE = { name: "Nestopia", version: "1.52" };

/** One save of each kind, with names of several scripts and lengths. */
function saves(now: number): SaveEntry[] {
  const save = (id: string, ago: number, more: Partial<SaveEntry>): SaveEntry => ({
    ...{ id, kind: "named", saved_at: now - ago, bytes: 13_120, core: CORE },
    ...{ own: true, picture: false, ...more },
  });
  return [
    save("auto.duel", 8_000, { kind: "auto" }),
    save("5", 3 * MINUTE, { name: "Before the last ball" }),
    save("4", 50 * MINUTE, { name: "قبل الجولة الأخيرة" }),
    save("3", 26 * 60 * MINUTE, { kind: "quick", bytes: 3_400_000 }),
    save("2", 40 * 24 * 60 * MINUTE, { name: "W".repeat(40), own: false }),
  ];
}

/** Opens the dialog of saves from the menu. */
async function openSaves(page: Page): Promise<void> {
  await page.mouse.move(200, 100);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Saves" }).click();
}

async function showSaves(page: Page, fake: FakeCoordinator, list: readonly SaveEntry[]) {
  await showRoom(page, fake, { answers: { "save.list": { saves: list, more: false } } });
  await openSaves(page);
}

export const SAVE_SCENES: Readonly<Record<string, Scene>> = {
  saves: {
    ...SCENE,
    act: async (page, fake) => {
      await showSaves(page, fake, saves(Date.now()));
      await page.getByText("Before the last ball").first().waitFor();
    },
  },
  "saves-rename": {
    ...SCENE,
    act: async (page, fake) => {
      await showSaves(page, fake, saves(Date.now()));
      await page.getByRole("button", { name: /^Rename ?: Before/ }).click();
      await page.getByRole("button", { name: /^Remove ?: قبل/ }).click();
    },
  },
  "saves-none": {
    ...SCENE,
    act: async (page, fake) => {
      await showSaves(page, fake, []);
      await page.getByText("This game has no saves yet").waitFor();
    },
  },
  "saves-memory": {
    ...SCENE,
    act: (page, fake) =>
      showRoom(page, fake, {
        entities: { ...FULL_ROOM, room: { ...FULL_ROOM.room, memory: { trouble: "unseen" } } },
      }),
  },
  "saves-unsaved": {
    ...SCENE,
    act: (page, fake) =>
      showRoom(page, fake, {
        entities: {
          ...FULL_ROOM,
          room: {
            ...FULL_ROOM.room,
            unsaved: { since: Date.now() - 4 * MINUTE, why: "full" },
          },
        },
      }),
  },
  "saves-unsaved-memory": {
    ...SCENE,
    act: (page, fake) =>
      showRoom(page, fake, {
        entities: {
          ...FULL_ROOM,
          room: {
            ...FULL_ROOM.room,
            unsaved: { since: Date.now() - 4 * MINUTE, why: "read_only", what: "memory" },
          },
        },
      }),
  },
};

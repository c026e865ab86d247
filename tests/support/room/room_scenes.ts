/**
 * The scenes of people in a room: each orders the room's document and opens the sheet.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { CoreOption } from "../../../protocol/room_commands/core_options.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import type { FakeCoordinator } from "../fake_coordinator.ts";
import type { RoomOrder } from "../page/fake_room.ts";
import type { Scene } from "../scenes.ts";
import { waitForState } from "../web_page.ts";

const AT = Date.UTC(2026, 4, 4, 18, 20);
const says = (from: string, name: string, text: string, minute: number) => ({
  chat: { from, name, text, at: AT + minute * 60_000 },
});

/** A room of five, whose names have many scripts and directions. */
export const FULL_ROOM: Entities = {
  room: {
    app: { app_id: "paddle-duel", title: "Paddle Duel", paused: false },
    options: { watchers_chat: true },
    clock: { began: AT },
  },
  seat0: { seat: { holder: "p1" } },
  seat1: { seat: { holder: "p2", locked: true } },
  p1: {
    person: { name: "Ada", colour: 0, role: "host", ping: 18, quality: "good", connected: true },
  },
  p2: {
    person: {
      name: "عبد الله",
      colour: 6,
      role: "player",
      link: "shr_1",
      ping: 44,
      quality: "fair",
      connected: true,
    },
    request: { seat: 0 },
  },
  p3: {
    person: {
      name: "A name of forty characters, as long as i",
      colour: 3,
      role: "player",
      ping: 131,
      quality: "poor",
      connected: true,
    },
  },
  p4: { person: { link: "shr_1", role: "watcher", connected: true } },
  p5: { person: { name: "\u200bZ̸̡͕̈́a̵͔͌l̶̝͠g̷͙̈o", colour: 9, role: "watcher", ping: 22, connected: true } },
  c1: says("p2", "عبد الله", "مرحبا! من يلعب؟", 1),
  c2: says("p1", "Ada", "Me first, then you. Best of three?", 2),
  c3: says("p3", "A name of forty characters, as long as i", "x".repeat(120), 3),
  c4: says("p4", "Guest", "good luck 🎉", 4),
};

/** The room after somebody has written one more line. */
export const ONE_MORE_LINE: Entities = {
  ...FULL_ROOM,
  c5: says("p2", "عبد الله", "Your turn, look at this one", 5),
};

/** A room of five seats, of which the person of the page holds the first. */
export const FIVE_SEATS: Entities = {
  ...FULL_ROOM,
  seat1: { seat: {} },
  seat2: { seat: {} },
  seat3: { seat: { holder: "p3" } },
  seat4: { seat: {} },
};

/** The same for one who only watches, and for one who plays all of them. */
export const FIVE_WATCHED: Entities = { ...FIVE_SEATS, seat0: { seat: {} } };
const OWN = { seat: { holder: "p1", further: true } };
const FIVE_OWN: Entities = {
  ...FIVE_SEATS,
  seat0: { seat: { holder: "p1" } },
  seat1: OWN,
  seat2: OWN,
  seat3: OWN,
  seat4: OWN,
};

/** Shows the document in the page, whose person is `you` of the script. */
export async function showRoom(
  page: Page,
  fake: FakeCoordinator,
  { entities = FULL_ROOM, ...order }: Partial<RoomOrder> = {},
): Promise<void> {
  await waitForState(page, "playing");
  fake.order({ type: "room", room: { entities, ...order } });
  await page.locator('.seats [data-who="taken"]').first().waitFor({ state: "attached" });
}

/** Shows the room of five seats, all of which are the page's person's. */
export async function showFiveOwn(page: Page, fake: FakeCoordinator): Promise<void> {
  await showRoom(page, fake, { entities: FIVE_SEATS });
  fake.order({ type: "room", room: { entities: FIVE_OWN } });
  await page.locator('.seats [data-who="you"]').nth(4).waitFor();
}

/** Opens a part of the sheet. */
export async function openSheet(page: Page, part: "People" | "Chat"): Promise<void> {
  await page.mouse.move(200, 100);
  const button = page.getByRole("button", { name: /^People and chat/ });
  // A pad on a phone that lies leaves no space for the lower bar.
  if (await button.isVisible()) await button.click();
  else {
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "People and chat" }).click();
  }
  await page.getByRole("button", { name: new RegExp(`^${part}`) }).last().click();
}

/** Opens the dialog of share links, of which two work and two people came by one. */
export async function openShare(page: Page, fake: FakeCoordinator): Promise<void> {
  await showRoom(page, fake);
  fake.script.links = [
    { share_id: "shr_2", role: "host", created_at: AT + 60_000 },
    { share_id: "shr_1", role: "player", created_at: AT },
  ];
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Share" }).click();
  await page.getByRole("textbox", { name: "Link: Play along" }).waitFor();
}

/** Opens the options of a core. */
export async function openOptions(page: Page, fake: FakeCoordinator): Promise<void> {
  const { room, ...others } = FULL_ROOM;
  const entities = { room: { ...room, core: { options: OPTIONS.length } }, ...others };
  await showRoom(page, fake, {
    entities,
    answers: { "option.list": { options: OPTIONS, more: false } },
  });
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Options" }).click();
  await page.locator(".option-list li").first().waitFor();
}

const onOff = (key: string, name: string, category?: string): CoreOption => ({
  key,
  name,
  value: "disabled",
  choices: ["disabled", "enabled"],
  labels: ["Off", "On"],
  ...(category && { category }),
});

const OPTIONS: readonly CoreOption[] = [
  {
    key: "model",
    name: "Console Model (Restart)",
    value: "Game Boy Color",
    choices: ["Autodetect", "Game Boy", "Super Game Boy", "Game Boy Color", "Game Boy Advance"],
    category: "System",
    help:
      "Which console is emulated. With Autodetect it is the newest that the cartridge supports.",
    later: "restart",
  },
  {
    key: "palette",
    name: "Default Game Boy palette for games that bring none of their own, in all their scenes",
    value: "Grayscale",
    choices: [
      "Grayscale",
      "DMG Green",
      "A palette whose name is longer than the list that shows it",
    ],
    category: "Colours and what else is done with the whole picture",
    help: `${
      "A text that explains at length what it does and for which games it was made. ".repeat(5)
    }${"x".repeat(60)}`,
    later: "step",
  },
  { ...onOff("border", "Show border", "System"), help: "Draws the frame around the picture." },
  onOff("blend", "Interframe blending", "Colours and what else is done with the whole picture"),
  onOff("solar", "Solar sensor"),
  onOff("opposing", "Allow opposing directional input"),
  onOff("idle", "Idle loop removal"),
  onOff("filter", "Low-pass filter", "Sound"),
  onOff("bios", "Skip BIOS intro", "System"),
];

const SCENE = { path: "/play/paddle-duel", schemes: ["dark"], settle: 400 } as const;

export const ROOM_SCENES: Readonly<Record<string, Scene>> = {
  "room-people": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake);
      await openSheet(page, "People");
    },
  },
  "room-person": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake);
      await openSheet(page, "People");
      await page.getByRole("button", { name: /^What to do with A name/ }).click();
      await page.getByRole("button", { name: "Change your name" }).click();
    },
  },
  "room-watcher": {
    ...SCENE,
    script: ({ script }) => (script.you = "p4"),
    act: async (page, fake) => {
      await showRoom(page, fake);
      await openSheet(page, "People");
    },
  },
  "room-chat": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake);
      await openSheet(page, "Chat");
    },
  },
  "room-chat-refused": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { refuses: "chat.rate" });
      await openSheet(page, "Chat");
      await page.getByRole("textbox", { name: /Write/ }).fill("And another one");
      await page.getByRole("button", { name: "Send" }).click();
    },
  },
  "room-share": {
    ...SCENE,
    act: async (page, fake) => {
      await openShare(page, fake);
    },
  },
  "room-options": {
    ...SCENE,
    act: async (page, fake) => {
      await openOptions(page, fake);
    },
  },
  "room-options-watcher": {
    ...SCENE,
    script: ({ script }) => (script.you = "p4"),
    act: async (page, fake) => {
      await openOptions(page, fake);
    },
  },
  "room-five-seats": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { entities: FIVE_SEATS });
      await page.mouse.move(200, 100);
    },
  },
  "room-five-seats-watched": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { entities: FIVE_WATCHED });
      await page.mouse.move(200, 100);
    },
  },
  "room-five-seats-own": {
    ...SCENE,
    act: async (page, fake) => {
      await showFiveOwn(page, fake);
      await page.mouse.move(200, 100);
    },
  },
  "room-five-seats-people": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { entities: FIVE_SEATS });
      await openSheet(page, "People");
    },
  },
  "room-unread": {
    ...SCENE,
    script: ({ script }) => (script.you = "p3"),
    act: async (page, fake) => {
      await showRoom(page, fake);
      await page.waitForTimeout(300);
      await showRoom(page, fake, { entities: ONE_MORE_LINE });
      await page.mouse.move(200, 100);
    },
  },
};

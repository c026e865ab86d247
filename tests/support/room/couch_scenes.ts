/**
 * The scenes of several gamepads at one browser.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Entities } from "../../../protocol/room_state/document.ts";
import type { Scene } from "../scenes.ts";
import { FULL_ROOM, openSheet, showRoom } from "./room_scenes.ts";

const SCENE = { path: "/play/paddle-duel", schemes: ["dark"], settle: 600 } as const;

/** Ada's room with a seat that is open, and one of Ada's for another gamepad. */
const room = (second: Entities[string]): Entities => ({
  ...FULL_ROOM,
  seat1: second,
  seat2: { seat: { holder: "p2" } },
  seat3: { seat: {} },
});

/** Plugs in two gamepads, and presses one after the other. */
async function pressBoth(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => setTimeout(resolve, 120));
    const pads = ["Living Room Pad", "Arcade Fight Stick with a Long Name"].map((id, index) => ({
      ...{ id, index, mapping: "standard", connected: true, axes: [0, 0, 0, 0] },
      buttons: Array.from({ length: 17 }, () => ({ pressed: false, value: 0 })),
    }));
    navigator.getGamepads = () => pads as unknown as Gamepad[];
    for (const pad of pads) {
      const event = new Event("gamepadconnected");
      Object.defineProperty(event, "gamepad", { value: pad });
      dispatchEvent(event);
    }
    for (const { buttons } of pads) {
      await frame();
      buttons[0] = { pressed: true, value: 1 };
      await frame();
      buttons[0] = { pressed: false, value: 0 };
    }
  });
}

export const COUCH_SCENES: Readonly<Record<string, Scene>> = {
  "couch-offer": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { entities: room({ seat: {} }) });
      await pressBoth(page);
      await page.getByRole("button", { name: "Join as P2" }).waitFor();
    },
  },
  "couch-people": {
    ...SCENE,
    act: async (page, fake) => {
      await showRoom(page, fake, { entities: room({ seat: { holder: "p1", further: true } }) });
      await pressBoth(page);
      await openSheet(page, "People");
    },
  },
};

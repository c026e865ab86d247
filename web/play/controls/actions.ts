/**
 * What a key can do: press a button of the pad, or act on the page at once (a hotkey).
 *
 * @module
 */
import { type Button, BUTTONS } from "../../../protocol/control/pad.ts";
import { buttonName } from "../input/layout.ts";

/** What a key does beside the pad. */
export const HOTKEYS = [
  "pause",
  "rewind",
  "save",
  "load",
  "mute",
  "full_screen",
  "menu",
  "talk",
] as const;
/** What a key does beside the pad. */
export type Hotkey = (typeof HOTKEYS)[number];

/** Everything that a key can do. */
export const ACTIONS = [...BUTTONS, ...HOTKEYS] as const;
/** What a key does. */
export type Action = Button | Hotkey;

const NAMES: Readonly<Record<Hotkey, string>> = {
  pause: "Pause",
  rewind: "Go back, while held",
  save: "Save",
  load: "Load the last save",
  mute: "Sound on and off",
  full_screen: "Full screen",
  menu: "Menu",
  talk: "Talk, while held",
};

/** Whether an action is a hotkey. */
export function isHotkey(action: Action): action is Hotkey {
  return (HOTKEYS as readonly string[]).includes(action);
}

/** The action in words, as on the pad of a system: `A`, `Start`, `Full screen`. */
export function actionName(action: Action, system = ""): string {
  return isHotkey(action) ? NAMES[action] : buttonName(action, system);
}

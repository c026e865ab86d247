/**
 * Which key does what. A key does one thing; a thing may have several keys.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";
import { DEFAULT_KEYS, type KeyMap, keyName } from "../input/keyboard.ts";
import { type Action, actionName, type Hotkey, isHotkey } from "./actions.ts";

/** `KeyboardEvent.code` → what the key does. */
export type Keys = Readonly<Record<string, Action>>;

/** The keys of a person who has changed none. */
export const USUAL_KEYS: Keys = {
  ...DEFAULT_KEYS,
  KeyP: "pause",
  KeyR: "rewind",
  F2: "save",
  F4: "load",
  KeyM: "mute",
  KeyF: "full_screen",
};

/** The key for talking, as long as a person gave it to nothing else and chose no other. */
export const TALK_KEY = "KeyV";

/** Opens the menu always: whatever a person sets up, there is a way out. */
export const MENU_KEY = "Escape";

const RESERVED: Readonly<Record<string, string>> = {
  [MENU_KEY]: "Esc always opens the menu.",
  Tab: "Tab moves between the controls of the page.",
};
/** Keys of the browser and the system, and those that tell no press from a release. */
const OTHERS =
  /^(|Unidentified|F[13567]|F1[12]|Meta.*|OS.*|Alt.*|Control.*|Fn.*|.*Lock|.*Media.*)$/;

/** Why a key can be given nothing, as a sentence; `undefined` for a key that can. */
export function reserved(code: string): string | undefined {
  if (Object.hasOwn(RESERVED, code)) return RESERVED[code];
  if (!OTHERS.test(code)) return undefined;
  return code === "" || code === "Unidentified"
    ? "This keyboard does not say which key that is."
    : `${keyName(code)} belongs to the browser or the system.`;
}

/** What a key does; `undefined` for nothing. */
export function actionOf(keys: Keys, code: string): Action | undefined {
  if (Object.hasOwn(keys, code)) return keys[code];
  return code === TALK_KEY && !Object.values(keys).includes("talk") ? "talk" : undefined;
}

/** The keys of an action. */
export function keysOf(keys: Keys, action: Action): readonly string[] {
  const codes = Object.keys(keys).filter((code) => keys[code] === action);
  if (action === "talk" && actionOf(keys, TALK_KEY) === "talk") return [TALK_KEY];
  return action === "menu" ? [MENU_KEY, ...codes] : codes;
}

/** Gives a key to an action: the only one of it. What the key did before has it no more. */
export function assign(keys: Keys, action: Action, code: string): Keys {
  const others = Object.entries(keys).filter(([each, what]) => each !== code && what !== action);
  return Object.fromEntries([...others, [code, action]]);
}

/** The keys of the pad alone. */
export function padKeys(keys: Keys): KeyMap {
  const pad = Object.entries(keys).filter((each): each is [string, Button] => !isHotkey(each[1]));
  return Object.fromEntries(pad);
}

/** The hotkey of a key; *Escape* is always that of the menu. */
export function hotkeyOf(keys: Keys, code: string): Hotkey | undefined {
  if (code === MENU_KEY) return "menu";
  const action = actionOf(keys, code);
  return action && isHotkey(action) ? action : undefined;
}

/** The buttons that no key presses, as a sentence; `undefined` when there is a key for each. */
export function withoutKey(
  keys: Keys,
  buttons: readonly Button[],
  system = "",
): string | undefined {
  const missing = buttons.filter((button) => keysOf(keys, button).length === 0)
    .map((button) => actionName(button, system));
  if (missing.length === 0) return undefined;
  const last = missing.pop()!;
  return missing.length === 0
    ? `${last} has no key.`
    : `${missing.join(", ")} and ${last} have no key.`;
}

/**
 * Does what a hotkey says.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Commands } from "../join/commands.ts";
import type { Hotkey } from "./actions.ts";

/** What hotkeys act on. */
export interface HotkeyTargets {
  readonly commands: Pick<Commands, "pause" | "save" | "load">;
  readonly rewind: { readonly canGo: ReadonlySignal<boolean>; press(): void };
  readonly room: ReadonlySignal<{ readonly paused: boolean } | undefined>;
  readonly toaster: { refused(text: string): void };
  readonly toggleSound: () => void;
  readonly toggleFullScreen: () => void;
  readonly openMenu: () => void;
}

/** Whom a hotkey serves at the moment. */
export interface Standing {
  /** Holds a seat: who only watches neither pauses nor saves. */
  readonly seated: boolean;
  /** The room has a vehicle in place of a game. */
  readonly vehicle: boolean;
}

/** Runs a hotkey. One that cannot be used now says why. */
export function runHotkey(
  hotkey: Hotkey,
  { seated, vehicle }: Standing,
  { commands, rewind, room, toaster, toggleSound, toggleFullScreen, openMenu }: HotkeyTargets,
): void {
  switch (hotkey) {
    case "menu":
      return openMenu();
    // Held, and so read by itself (`voice/use_talk_key.ts`).
    case "talk":
      return;
    case "mute":
      return toggleSound();
    case "full_screen":
      return toggleFullScreen();
    case "pause":
    case "rewind":
    case "save":
    case "load": {
      const { value } = room;
      if (vehicle || !value) return;
      if (!seated) {
        return toaster.refused("Only players pause, go back, save and load. Take a seat first.");
      }
      if (hotkey === "rewind") {
        if (rewind.canGo.value) return rewind.press();
        return toaster.refused("This game has no moments that one can go back to.");
      }
      if (hotkey === "pause") return void commands.pause({ paused: !value.paused });
      return void (hotkey === "save" ? commands.save() : commands.load());
    }
  }
}

/** Elements that take keys themselves: a letter that is typed is no hotkey. */
const TAKES_KEYS =
  "button, a, input, select, textarea, [contenteditable], [role=textbox], [role=menu], dialog";

/** Whether a key goes to the element that has the focus, and not to the game. *Escape* leaves menus alone. */
export function isForElement(target: unknown): boolean {
  const element = target as { closest?(selector: string): unknown } | null;
  return typeof element?.closest === "function" && element.closest(TAKES_KEYS) !== null;
}

/**
 * Whether sound is on, and how loud. The choice is kept on this device.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { errorText } from "../../../protocol/error_text.ts";

/** `blocked`: wanted, but the browser waits for a press. `stopped`: the picture waits for it too. */
export type Sound = "on" | "off" | "blocked" | "stopped";

const KEY = "farpad.sound";

/** The sound of this page. */
export const sound = signal<Sound>(readSound(() => localStorage));

/** How loud the sound is while it is on, 0 to 1; the kept controls set it. */
export const volume = signal(1);

/** Turns sound off when it is on; else turns it on. Stores the choice on this device. */
export function toggleSound(): void {
  sound.value = sound.value === "on" ? "off" : "on";
  try {
    localStorage.setItem(KEY, sound.value);
  } catch (error) {
    console.warn(`Cannot remember whether sound is on: ${errorText(error)}`);
  }
}

/** The choice that was made on this device. Storage that the browser forbids is read as empty. */
export function readSound(storage: () => Pick<Storage, "getItem">): Sound {
  try {
    return storage().getItem(KEY) === "off" ? "off" : "on";
  } catch {
    return "on";
  }
}

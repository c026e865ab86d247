/**
 * Whether the game is heard. Kept for as long as the page lives.
 *
 * @module
 */
import { signal } from "@preact/signals";

/** `blocked`: wanted, but the browser waits for a press. */
export type Sound = "on" | "off" | "blocked";

export const sound = signal<Sound>("on");

export function toggleSound(): void {
  sound.value = sound.value === "on" ? "off" : "on";
}

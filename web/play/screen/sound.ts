/**
 * Whether sound is on. Kept until the page is closed.
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

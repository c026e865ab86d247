/**
 * Whether sound is on. Kept until the page is closed.
 *
 * @module
 */
import { signal } from "@preact/signals";

/** `blocked`: wanted, but the browser waits for a press. */
export type Sound = "on" | "off" | "blocked";

/** The sound of this page. */
export const sound = signal<Sound>("on");

/** Turns sound on when it is off or blocked; else turns it off. */
export function toggleSound(): void {
  sound.value = sound.value === "on" ? "off" : "on";
}

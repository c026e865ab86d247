/**
 * Which buttons the pad of a system has, and what they are called.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";

const CROSS = ["up", "down", "left", "right"] as const;
const TWO: readonly Button[] = [...CROSS, "a", "b", "start", "select"];
const SHOULDERS: readonly Button[] = [...TWO, "l", "r"];
const FOUR: readonly Button[] = [...SHOULDERS, "x", "y"];

/** Systems with fewer buttons than the common four and two shoulders. */
const TWO_BUTTONS =
  /^(nes|famicom|nintendo entertainment|game ?boy( color)?$|gbc?$|master system|sms|game gear|test)/i;
const WITH_SHOULDERS = /^(gba|game ?boy advance)/i;

/**
 * The buttons on the pad of a system, by the system's name in the library; an unknown system has four
 * face buttons and two shoulders.
 */
export function buttonsOf(system: string): readonly Button[] {
  if (WITH_SHOULDERS.test(system)) return SHOULDERS;
  return TWO_BUTTONS.test(system) ? TWO : FOUR;
}

const NAMES: Readonly<Partial<Record<Button, string>>> = {
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
  start: "Start",
  select: "Select",
};

/** The label of a button: `Up`, `Start`, `A`. */
export function buttonName(button: Button): string {
  return NAMES[button] ?? button.toUpperCase();
}

/**
 * Reads a pad for a system that has no sticks.
 *
 * @module
 */
import { buttonBit, type PadState } from "../../protocol/control/pad.ts";

/** How far a stick must be moved to press a direction: half of its range. */
const LEAN = 0x4000;

const UP = buttonBit("up");
const DOWN = buttonBit("down");
const LEFT = buttonBit("left");
const RIGHT = buttonBit("right");

/** The pad's buttons; the left stick presses the directions too. */
export function buttonsWithStick({ buttons, axes: [x, y] }: PadState): number {
  return buttons | (x <= -LEAN ? LEFT : x >= LEAN ? RIGHT : 0) |
    (y <= -LEAN ? UP : y >= LEAN ? DOWN : 0);
}

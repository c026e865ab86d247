/**
 * How a pad is read by a system that has no sticks.
 *
 * @module
 */
import { buttonBit, type PadState } from "../../protocol/control/pad.ts";

/** How far a stick must lean to count as a direction: half of its way. */
const LEAN = 0x4000;

const UP = buttonBit("up");
const DOWN = buttonBit("down");
const LEFT = buttonBit("left");
const RIGHT = buttonBit("right");

/** The pad's buttons, its left stick doing what the directional pad does. */
export function buttonsWithStick({ buttons, axes: [x, y] }: PadState): number {
  return buttons | (x <= -LEAN ? LEFT : x >= LEAN ? RIGHT : 0) |
    (y <= -LEAN ? UP : y >= LEAN ? DOWN : 0);
}

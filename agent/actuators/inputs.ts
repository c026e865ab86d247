/**
 * What of a driver's control moves an output: an axis, a trigger or a button, as a number from −1 to 1. At rest it is 0.
 *
 * @module
 */
import type { DriveState } from "../../protocol/control/control.ts";
import { type Button, buttonBit, BUTTONS, type PadState } from "../../protocol/control/pad.ts";

const AXES = ["left_x", "left_y", "right_x", "right_y"] as const;
const TRIGGERS = ["left_trigger", "right_trigger"] as const;

/** All inputs. A pad's left stick steers, and its right trigger less its left one is the throttle. */
export const INPUTS = [
  "steering",
  "throttle",
  ...AXES,
  ...TRIGGERS,
  ...BUTTONS.map((button): `button_${Button}` => `button_${button}`),
] as const;
/** Name of an input. */
export type Input = (typeof INPUTS)[number];

/** The whole wish of a driver. */
export type Wish = DriveState | PadState;

/** The value of an input, −1 … 1; 0 where the wish has no such input, `undefined` where it is no number in range. */
export function readInput(wish: Wish, input: Input): number | undefined {
  const value = "buttons" in wish ? readPad(wish, input) : readDrive(wish, input);
  return value >= -1 && value <= 1 ? value : undefined;
}

function readDrive(wish: DriveState, input: Input): number {
  return input === "steering" || input === "throttle" ? wish[input] : 0;
}

function readPad({ axes, triggers, buttons }: PadState, input: Input): number {
  if (input === "steering") return readAxis(axes[0]);
  if (input === "throttle") return (triggers[1] - triggers[0]) / 255;
  const axis = AXES.findIndex((name) => name === input);
  if (axis >= 0) return readAxis(axes[axis]!);
  const trigger = TRIGGERS.findIndex((name) => name === input);
  if (trigger >= 0) return triggers[trigger]! / 255;
  return buttons & buttonBit(input.slice("button_".length) as Button) ? 1 : 0;
}

function readAxis(value: number): number {
  return value < 0 ? value / 0x8000 : value / 0x7fff;
}

/**
 * A gamepad with the W3C standard mapping as a RetroPad.
 *
 * @module
 */
import { type Button, buttonBit } from "../../../protocol/control/pad.ts";
import { mergePads, type PadLevel } from "./pad.ts";

/** Button by index of the standard mapping (W3C Gamepad §9): both name the face buttons by place. */
const STANDARD: readonly Button[] = [
  "b",
  "a",
  "y",
  "x",
  "l",
  "r",
  "l2",
  "r2",
  "select",
  "start",
  "l3",
  "r3",
  "up",
  "down",
  "left",
  "right",
];
/** A stick this close to its middle is in its middle. */
export const DEAD_ZONE = 0.15;
/** A stick pushed this far also presses the d-pad, on systems that have no stick. */
const STICK_PRESSES = 0.5;
const FULL = 0x7fff;

/** What is read of a browser's `Gamepad`. */
export interface GamepadReading {
  readonly mapping: string;
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
  readonly axes: readonly number[];
}

/** The part of a stick beyond its dead zone, radially, so that slow directions are not bent to the axes. */
export function beyondDeadZone(x: number, y: number): [number, number] {
  const length = Math.hypot(x, y);
  if (length <= DEAD_ZONE) return [0, 0];
  const scale = Math.min(1, (length - DEAD_ZONE) / (1 - DEAD_ZONE)) / length;
  return [x * scale, y * scale];
}

/** One gamepad. `stickIsDpad` lets the left stick press the d-pad too. */
export function readGamepad(
  { buttons, axes }: GamepadReading,
  { stickIsDpad }: { readonly stickIsDpad: boolean },
): PadLevel {
  let held = 0;
  STANDARD.forEach((button, i) => {
    if (buttons[i]?.pressed) held |= buttonBit(button);
  });
  const [lx, ly] = beyondDeadZone(axes[0] ?? 0, axes[1] ?? 0);
  const [rx, ry] = beyondDeadZone(axes[2] ?? 0, axes[3] ?? 0);
  if (stickIsDpad) {
    if (lx < -STICK_PRESSES) held |= buttonBit("left");
    if (lx > STICK_PRESSES) held |= buttonBit("right");
    if (ly < -STICK_PRESSES) held |= buttonBit("up");
    if (ly > STICK_PRESSES) held |= buttonBit("down");
  }
  const full = (value: number) => Math.round(value * FULL);
  const trigger = (i: number) => Math.round(Math.min(1, buttons[i]?.value ?? 0) * 255);
  return {
    buttons: held,
    axes: [full(lx), full(ly), full(rx), full(ry)],
    triggers: [trigger(6), trigger(7)],
  };
}

/** Every connected standard gamepad as one pad; `undefined` when there is none. */
export function readGamepads(
  gamepads: Iterable<GamepadReading | null>,
  options: { readonly stickIsDpad: boolean },
): PadLevel | undefined {
  const present = [...gamepads].filter((each) => each !== null && each.mapping === "standard");
  if (present.length === 0) return undefined;
  return mergePads(present.map((each) => readGamepad(each!, options)));
}

/** Systems whose own pad has a stick: there, the stick is not the d-pad. */
const WITH_STICK = /n64|nintendo 64|playstation|psx|dreamcast|gamecube|psp/i;

export function hasStick(system: string): boolean {
  return WITH_STICK.test(system);
}

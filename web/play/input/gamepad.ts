/**
 * Gamepads as one RetroPad: those with the W3C standard mapping, and those that the person set up. The page sends
 * sticks as sticks; the worker turns the left one into directions for a core that reads none.
 *
 * @module
 */
import { type Button, buttonBit } from "../../../protocol/control/pad.ts";
import { type Calibration, level, readStick } from "./calibration.ts";
import type { PadLevel } from "./pad.ts";
import { holds, type PadMap } from "./remap.ts";

/** Button by index of the standard mapping (W3C Gamepad §9): both name the face buttons by their position. */
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
const FULL = 0x7fff;

/** What is read of a browser's `Gamepad`. */
export interface GamepadReading {
  /** Maker and model, as the browser writes them. */
  readonly id: string;
  /** `standard`, or empty when the browser reports no known layout. */
  readonly mapping: string;
  /** False for a gamepad that was unplugged and is still listed. */
  readonly connected: boolean;
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
  readonly axes: readonly number[];
}

/** One gamepad with the standard mapping. */
export function readGamepad({ buttons, axes }: GamepadReading, sticks?: Calibration): PadLevel {
  let held = 0;
  STANDARD.forEach((button, i) => {
    if (buttons[i]?.pressed) held |= buttonBit(button);
  });
  const [lx, ly] = readStick(axes, 0, sticks);
  const [rx, ry] = readStick(axes, 2, sticks);
  const full = (value: number) => Math.round(value * FULL);
  const trigger = (i: number) => Math.round(Math.max(0, level(buttons[i]?.value)) * 255);
  return {
    buttons: held,
    axes: [full(lx), full(ly), full(rx), full(ry)],
    triggers: [trigger(6), trigger(7)],
  };
}

/** One gamepad, read by the map that the person made. */
export function readMapped(reading: GamepadReading, map: PadMap): PadLevel {
  let buttons = 0;
  for (const [button, control] of Object.entries(map)) {
    if (control && holds(reading, control)) buttons |= buttonBit(button as Button);
  }
  return { buttons, axes: [0, 0, 0, 0], triggers: [0, 0] };
}

/** The gamepads that are plugged in. */
export function pluggedIn<G extends GamepadReading>(gamepads: Iterable<G | null>): G[] {
  return [...gamepads].filter((each): each is G => each !== null && each.connected);
}

/** One gamepad by its map or its layout and calibration; `undefined` when it cannot be read. */
export function readOne(
  gamepad: GamepadReading,
  maps: Readonly<Record<string, PadMap>>,
  calibrations: Readonly<Record<string, Calibration>> = {},
): PadLevel | undefined {
  const { id, mapping } = gamepad;
  const map = Object.hasOwn(maps, id) ? maps[id] : undefined;
  if (map) return readMapped(gamepad, map);
  if (mapping !== "standard") return undefined;
  return readGamepad(gamepad, Object.hasOwn(calibrations, id) ? calibrations[id] : undefined);
}

/** Whether the button with the maker's sign is held, of a gamepad whose layout the browser knows. */
export function isSignHeld({ mapping, buttons }: GamepadReading): boolean {
  return mapping === "standard" && (buttons[16]?.pressed ?? false);
}

/** The first gamepad of an unknown layout that has no map yet. */
export function unreadable<G extends GamepadReading>(
  gamepads: readonly G[],
  maps: Readonly<Record<string, PadMap>>,
): G | undefined {
  return gamepads.find(({ id, mapping }) => mapping !== "standard" && !Object.hasOwn(maps, id));
}

/** A gamepad's name without the numbers that browsers add: `USB Gamepad (Vendor: 0079 …)` is `USB Gamepad`. */
export function gamepadName(id: string): string {
  const name = id.replace(/\s*\([^)]*(vendor|product|standard)[^)]*\)/gi, "")
    .replace(/^[0-9a-f]{4}-[0-9a-f]{4}-/i, "").trim();
  return name || "This gamepad";
}

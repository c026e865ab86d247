/**
 * Presses the buttons of a core for those of a person's pad, by the map of the game. Pure.
 *
 * @module
 */
import type { ButtonMap } from "../../protocol/control/button_map.ts";
import { type Button, buttonBit, BUTTONS, type PadState } from "../../protocol/control/pad.ts";

const TRIGGERS = ["l2", "r2"] as const;

/** Returns the function that turns a person's pad into the core's. Sticks stay as they are. */
export function padMapper(map: ButtonMap = {}): (pad: PadState) => PadState {
  const pressed = (button: Button) => map[button] ?? button;
  if (BUTTONS.every((button) => pressed(button) === button)) return (pad) => pad;
  const bits = BUTTONS.map((button) => {
    const target = pressed(button);
    return [buttonBit(button), target === "none" ? 0 : buttonBit(target)] as const;
  });
  return ({ buttons, triggers, ...pad }) => ({
    ...pad,
    buttons: bits.reduce((mask, [bit, target]) => buttons & bit ? mask | target : mask, 0),
    // A trigger that presses another button gives it no depth.
    triggers: TRIGGERS.map((target) =>
      Math.max(0, ...TRIGGERS.map((from, at) => pressed(from) === target ? triggers[at]! : 0))
    ) as [number, number],
  });
}

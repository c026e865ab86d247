/**
 * Words about what the buttons of a pad press in a game whose owner mapped them. Pure.
 *
 * @module
 */
import type { ButtonMap } from "../../../protocol/control/button_map.ts";
import { BUTTONS } from "../../../protocol/control/pad.ts";
import { buttonName } from "../input/layout.ts";

/** What the map changes, in the names of a system's buttons; `undefined`: nothing. */
export function mappedWords(map: ButtonMap = {}, system = ""): string | undefined {
  const changes = BUTTONS.flatMap((button) => {
    const pressed = map[button] ?? button;
    if (pressed === button) return [];
    const name = buttonName(button, system);
    return `${name} presses ${pressed === "none" ? "nothing" : buttonName(pressed, system)}`;
  });
  return changes.length === 0 ? undefined : `In this game ${changes.join(", ")}.`;
}

/**
 * Turns fingers on the touch pad into buttons and a stick.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";

/** Nothing is pressed closer to the middle than this, as a share of the radius. */
const MIDDLE = 0.22;
/** Half the angle of a single direction, in radians; the diagonals have the angles between. */
const STRAIGHT = Math.PI / 5.2;

/** Directions at `x`, `y`, both −1 … 1 from the middle of the d-pad; right and down are positive. */
export function directionsAt(x: number, y: number): readonly Button[] {
  if (Math.hypot(x, y) < MIDDLE) return [];
  const held: Button[] = [];
  const angle = Math.atan2(y, x);
  const near = (direction: number) => {
    const turn = Math.abs(angle - direction);
    return Math.min(turn, 2 * Math.PI - turn) < Math.PI / 2 - STRAIGHT;
  };
  if (near(0)) held.push("right");
  if (near(Math.PI)) held.push("left");
  if (near(Math.PI / 2)) held.push("down");
  if (near(-Math.PI / 2)) held.push("up");
  return held;
}

const OPPOSITE: Readonly<Partial<Record<Button, Button>>> = {
  up: "down",
  down: "up",
  left: "right",
  right: "left",
};

/** All that the fingers press, the oldest finger first: of two opposite directions the newer finger's counts. */
export function pressedBy(fingers: Iterable<readonly Button[]>): ReadonlySet<Button> {
  const pressed = new Set<Button>();
  for (const button of [...fingers].flat()) {
    const opposite = OPPOSITE[button];
    if (opposite) pressed.delete(opposite);
    pressed.add(button);
  }
  return pressed;
}

const FULL = 0x7fff;

/** The left stick that directions push, for a system that is played with one: full tilt, also aslant. */
export function stickOf(pressed: ReadonlySet<Button>): [x: number, y: number] {
  const x = Number(pressed.has("right")) - Number(pressed.has("left"));
  const y = Number(pressed.has("down")) - Number(pressed.has("up"));
  const length = Math.hypot(x, y) || 1;
  return [Math.round(x / length * FULL), Math.round(y / length * FULL)];
}

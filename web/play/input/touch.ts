/**
 * Turns a point on the touch d-pad into directions.
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

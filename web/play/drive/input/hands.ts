/**
 * Driving by thumbs on a touch screen, and by leaning the phone. Pure.
 *
 * @module
 */
import { beyond, unit } from "./wish.ts";

/** A thumb that moves less than this share of its way counts as resting. */
const THUMB_DEAD_ZONE = 0.06;
/** The lean of full steering, and the lean that counts as none, in degrees. */
const LEAN = { full: 28, none: 2 };
const DEGREE = Math.PI / 180;

/**
 * How far a thumb is pushed, −1 to 1. `moved`: its way since it was put down; `reach`: the way of full deflection,
 * both in pixels. A thumb is at rest wherever it is put down.
 */
export function pushOfThumb(moved: number, reach: number): number {
  return beyond(unit(moved / reach), THUMB_DEAD_ZONE);
}

/** What a phone says of its position (W3C Device Orientation), in degrees. */
export interface Orientation {
  readonly beta: number | null;
  readonly gamma: number | null;
}

/**
 * By how many degrees the right side of the screen is lower than the left one; the phone may lie or stand. `angle`: how
 * the screen is turned, as `screen.orientation.angle`. `undefined` without a sensor.
 */
export function leanOf({ beta, gamma }: Orientation, angle: number): number | undefined {
  if (beta === null || gamma === null) return undefined;
  const [b, g, a] = [beta * DEGREE, gamma * DEGREE, angle * DEGREE];
  const down = Math.cos(b) * Math.sin(g) * Math.cos(a) + Math.sin(b) * Math.sin(a);
  return Math.asin(unit(down)) / DEGREE;
}

/** The steering of a lean, relative to the lean that was straight ahead when the phone was taken up. */
export function steeringOfLean(lean: number, straight: number): number {
  return beyond(unit((lean - straight) / LEAN.full), LEAN.none / LEAN.full);
}

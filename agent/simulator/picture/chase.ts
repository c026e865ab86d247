/**
 * The camera that follows the simulated car: where it is, and where a point of the world is in its picture. It looks level;
 * its horizon is above the middle of the picture.
 *
 * @module
 */
import type { Motion } from "../physics.ts";

/** Height above the ground and way behind the car, in metres. */
const HEIGHT = 2.2;
const BEHIND = 5.6;
/** The camera turns after the car with this time constant, in seconds. */
const LAG = 0.18;
/** The horizon, as a share of the picture's height. */
const HORIZON = 0.36;
/** Focal length, as a share of the picture's width: 71 degrees across. */
const FOCAL = 0.7;

/** Fixed properties of the camera for a size of picture; lengths are pixels, the height above the ground is metres. */
export interface Lens {
  readonly width: number;
  readonly height: number;
  readonly focal: number;
  /** Row of the horizon. */
  readonly horizon: number;
  readonly above: number;
}

/** The camera at one moment. */
export interface Chase {
  readonly x: number;
  readonly y: number;
  /** Where it looks, in radians from east to north; and its cosine and sine. */
  readonly yaw: number;
  readonly cos: number;
  readonly sin: number;
}

/** A point in the camera's space, in metres: to the right, above the ground, and ahead. */
export interface Seen {
  readonly right: number;
  readonly up: number;
  readonly ahead: number;
}

/** The lens for a size of picture, in pixels. */
export function lensFor({ width, height }: { width: number; height: number }): Lens {
  return { width, height, focal: FOCAL * width, horizon: HORIZON * height, above: HEIGHT };
}

/** The camera behind a car, without lag. */
export function chase({ x, y, heading }: Pick<Motion, "x" | "y" | "heading">): Chase {
  return placed({ x, y }, heading);
}

/** The camera `elapsed` milliseconds later. */
export function follow(
  { yaw }: Chase,
  { motion, elapsed }: { readonly motion: Motion; readonly elapsed: number },
): Chase {
  const off = motion.heading - yaw;
  const turn = Math.atan2(Math.sin(off), Math.cos(off));
  return placed(motion, yaw + turn * (1 - Math.exp(-elapsed / 1000 / LAG)));
}

/** A point of the world as the camera sees it; `up`: metres above the ground. */
export function see(
  camera: Chase,
  { x, y, up }: { readonly x: number; readonly y: number; readonly up: number },
): Seen {
  const { cos, sin } = camera;
  const dx = x - camera.x;
  const dy = y - camera.y;
  return { ahead: dx * cos + dy * sin, right: dx * sin - dy * cos, up };
}

/** Where a seen point is in the picture, in pixels; it must be ahead. */
export function toPicture(
  lens: Lens,
  { right, up, ahead }: Seen,
): { readonly x: number; readonly y: number } {
  return {
    x: lens.width / 2 + lens.focal * right / ahead,
    y: lens.horizon + lens.focal * (lens.above - up) / ahead,
  };
}

function placed({ x, y }: { readonly x: number; readonly y: number }, yaw: number): Chase {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  return { x: x - cos * BEHIND, y: y - sin * BEHIND, yaw, cos, sin };
}

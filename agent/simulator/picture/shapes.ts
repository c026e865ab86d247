/**
 * Solid things of the simulated world as faces: blocks that may be narrower at the top, and wheels.
 *
 * A thing has its own directions: forwards, to the left and up, in metres from its middle on the ground.
 *
 * @module
 */
import { type Chase, see, type Seen } from "./chase.ts";
import { hazy, lit } from "./colours.ts";
import { fillPolygon, type Sheet } from "./polygons.ts";

/** A corner in the directions of its thing: forwards, to the left, up. */
export type Corner = readonly [forward: number, left: number, up: number];

/** One flat side; from outside its corners go counterclockwise. */
export interface Face {
  readonly corners: readonly Corner[];
  readonly colour: number;
}

/** Where a thing stands, and where it points. */
export interface Stand {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

/** One level of a block: from the back to the front, and half its width. */
export interface Level {
  readonly back: number;
  readonly front: number;
  readonly half: number;
  readonly up: number;
}

const WHEEL_CORNERS = 10;
/** Light comes from here: a share for faces that point east, north and up. */
const LIGHT = [0.35, -0.3, 0.55] as const;
const AMBIENT = 0.72;
const SUN = 0.5;

/** A block between two levels, without its bottom. */
export function block(
  { low, high, colour, left = 0 }: {
    readonly low: Level;
    readonly high: Level;
    readonly colour: number;
    /** From the middle of the thing to the middle of the block, to the left. */
    readonly left?: number;
  },
): Face[] {
  const ring = ({ back, front, half, up }: Level): Corner[] => [
    [back, left - half, up],
    [front, left - half, up],
    [front, left + half, up],
    [back, left + half, up],
  ];
  const [a, b] = [ring(low), ring(high)];
  const sides = a.map((corner, index): Face => {
    const next = (index + 1) % a.length;
    return { corners: [corner, a[next]!, b[next]!, b[index]!], colour };
  });
  return [...sides, { corners: b, colour }];
}

/** A wheel at a place of its thing, turned to the left by `steered` and rolled by `rolled`, in radians. */
export function wheel(
  { forward, left, radius, half, steered, rolled, tyre, hub }: {
    readonly forward: number;
    readonly left: number;
    readonly radius: number;
    /** Half its width. */
    readonly half: number;
    readonly steered: number;
    readonly rolled: number;
    readonly tyre: number;
    readonly hub: number;
  },
): Face[] {
  const [cos, sin] = [Math.cos(steered), Math.sin(steered)];
  const at = (angle: number, out: number, size: number): Corner => {
    const along = Math.cos(angle) * size;
    return [
      forward + along * cos - out * sin,
      left + along * sin + out * cos,
      radius + Math.sin(angle) * size,
    ];
  };
  const angles = Array.from(
    { length: WHEEL_CORNERS },
    (_, index) => index / WHEEL_CORNERS * 2 * Math.PI,
  );
  const tread = angles.map((angle, index): Face => {
    const next = angles[(index + 1) % angles.length]!;
    const corners = [
      at(angle, half, radius),
      at(next, half, radius),
      at(next, -half, radius),
      at(angle, -half, radius),
    ];
    return { corners, colour: tyre };
  });
  const disc = (out: number, size: number): Corner[] => {
    const corners = angles.map((angle) => at(angle, out, size));
    return out > 0 ? corners.toReversed() : corners;
  };
  // The hub has four corners, so that its rolling is seen.
  const cap = (out: number): Corner[] => {
    const corners = [0, 1, 2, 3].map((quarter) =>
      at(quarter / 2 * Math.PI - rolled, out, radius * 0.55)
    );
    return out > 0 ? corners.toReversed() : corners;
  };
  return [
    ...tread,
    ...[half, -half].flatMap((out): Face[] => [
      { corners: disc(out, radius), colour: tyre },
      { corners: cap(out * 1.02), colour: hub },
    ]),
  ];
}

/** Draws the faces that look at the camera, the farthest first. */
export function drawFaces(
  sheet: Sheet,
  camera: Chase,
  { faces, stand }: { readonly faces: readonly Face[]; readonly stand: Stand },
): void {
  const [cos, sin] = [Math.cos(stand.heading), Math.sin(stand.heading)];
  const visible = faces.map(({ corners, colour }) => {
    const world = corners.map(([forward, left, up]) => ({
      x: stand.x + forward * cos - left * sin,
      y: stand.y + forward * sin + left * cos,
      up,
    }));
    const seen = world.map((corner) => see(camera, corner));
    return { seen, colour: lit(colour, brightness(world)), ahead: meanAhead(seen) };
  });
  for (const { seen, colour, ahead } of visible.sort((a, b) => b.ahead - a.ahead)) {
    fillPolygon(sheet, seen, { colour: hazy(colour, ahead), side: "front" });
  }
}

function meanAhead(seen: readonly Seen[]): number {
  return seen.reduce((sum, { ahead }) => sum + ahead, 0) / seen.length;
}

function brightness(
  [a, b, c]: readonly { readonly x: number; readonly y: number; readonly up: number }[],
): number {
  const [ux, uy, uz] = [b!.x - a!.x, b!.y - a!.y, b!.up - a!.up];
  const [vx, vy, vz] = [c!.x - a!.x, c!.y - a!.y, c!.up - a!.up];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(nx, ny, nz) || 1;
  return AMBIENT + SUN * (nx * LIGHT[0] + ny * LIGHT[1] + nz * LIGHT[2]) / length;
}

/**
 * Draws the icons of the installed app: the mark of `web/public/farpad.svg`, in the sizes that systems want. The build
 * calls it, no page does.
 *
 * @module
 */
import { writePng } from "./png.ts";

type Point = readonly [x: number, y: number];

/** The mark on its grid of 32 by 32. */
export const MARK = {
  ground: { corner: 8, colour: [0x0d, 0x13, 0x19] },
  colour: [0x2d, 0xd4, 0xbf],
  /** Width of arc and cross. */
  stroke: 2.4,
  /** The upper half of a circle. */
  arc: { middle: [16, 11.5] as Point, radius: 8, opacity: 0.55 },
  cross: [[[9, 20], [13.5, 20]], [[11.25, 17.75], [11.25, 22.25]]] as [Point, Point][],
  buttons: { middles: [[20, 22], [23.5, 18.5]] as Point[], radius: 1.7 },
} as const;

const GRID = 32;
const MIDDLE = GRID / 2;
/** A system cuts a maskable icon to a shape of its own; what is within 40 % of the middle stays. */
const MASKABLE_SCALE = 0.85;

/** The files, by path. */
export function iconFiles(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ["icons/180.png", icon(180, { maskable: true })],
    ["icons/192.png", icon(192)],
    ["icons/512.png", icon(512)],
    ["icons/maskable-512.png", icon(512, { maskable: true })],
  ]);
}

/** An icon of `side` pixels as PNG: with round corners, or to be cut by the system. */
export function icon(side: number, { maskable = false } = {}): Uint8Array {
  return writePng(side, drawMark(side, { maskable }));
}

/** The pixels of an icon: red, green, blue and alpha by rows. */
export function drawMark(side: number, { maskable = false } = {}): Uint8Array {
  const rgba = new Uint8Array(side * side * 4);
  const scale = maskable ? MASKABLE_SCALE : 1;
  const unit = GRID / side;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at: Point = [(x + 0.5) * unit, (y + 0.5) * unit];
      const onMark: Point = [(at[0] - MIDDLE) / scale + MIDDLE, (at[1] - MIDDLE) / scale + MIDDLE];
      const ground = maskable ? 1 : cover(squareDistance(at), unit);
      const ink = inkAt(onMark, unit / scale);
      const pixel = MARK.ground.colour.map((from, i) => from + (MARK.colour[i]! - from) * ink);
      rgba.set([...pixel.map(Math.round), Math.round(ground * 255)], (y * side + x) * 4);
    }
  }
  return rgba;
}

/** How much of a pixel of size `unit` the mark covers, 0 to 1. */
function inkAt(at: Point, unit: number): number {
  const { arc, cross, buttons, stroke } = MARK;
  const half = stroke / 2;
  const lines = cross.map(([from, to]) => lineDistance(at, from, to) - half);
  const dots = buttons.middles.map((middle) => distance(at, middle) - buttons.radius);
  const solid = cover(Math.min(...lines, ...dots), unit);
  return Math.max(solid, arc.opacity * cover(arcDistance(at) - half, unit));
}

/** The share of a pixel within a shape, from the distance of its middle to the edge (negative inside). */
function cover(outside: number, unit: number): number {
  return Math.min(1, Math.max(0, 0.5 - outside / unit));
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}

function lineDistance(at: Point, from: Point, to: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const along = ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / (dx * dx + dy * dy);
  const within = Math.min(1, Math.max(0, along));
  return distance(at, [from[0] + dx * within, from[1] + dy * within]);
}

function arcDistance(at: Point): number {
  const { middle, radius } = MARK.arc;
  if (at[1] <= middle[1]) return Math.abs(distance(at, middle) - radius);
  const ends: Point[] = [[middle[0] - radius, middle[1]], [middle[0] + radius, middle[1]]];
  return Math.min(...ends.map((end) => distance(at, end)));
}

/** The distance to the rounded square of the whole grid. */
function squareDistance([x, y]: Point): number {
  const { corner } = MARK.ground;
  const [dx, dy] = [x, y].map((value) => Math.abs(value - MIDDLE) - (MIDDLE - corner));
  return Math.hypot(Math.max(dx!, 0), Math.max(dy!, 0)) + Math.min(Math.max(dx!, dy!), 0) - corner;
}

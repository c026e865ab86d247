/**
 * The simulated car's course as data: a closed road with barriers, cones and landmarks on a meadow. Lengths are metres;
 * x points east, y north.
 *
 * @module
 */

/** A point on the ground, in metres. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place on the course by the road: the way along its middle, and the distance to the left of it, in metres. */
export interface RoadPlace {
  readonly along: number;
  readonly lateral: number;
}

/** Where a point is, seen from the road. */
export interface Nearest extends RoadPlace {
  /** Direction of the road there, in radians from east to north. */
  readonly heading: number;
}

/** A barrier as a straight piece. */
export interface Wall {
  readonly from: Point;
  readonly to: Point;
}

/** Something that stands on the meadow: its kind, place and size. */
export interface Landmark extends Point {
  readonly kind: "tree" | "box" | "gantry";
  /** Height in metres. */
  readonly height: number;
  /** Colour of a box, 0xRRGGBB. */
  readonly colour?: number;
}

/** From the middle of the road to its edge. */
export const ROAD_HALF = 3.2;
/** Width of the kerb outside of the edge. */
export const KERB = 0.6;
/** The meadow's edges: whoever leaves it falls off. */
export const BOUNDS = { left: -58, right: 58, bottom: -40, top: 42 } as const;
/** Where the course is on Earth: an invented island at the point of the ocean that is farthest from land. */
export const ORIGIN = { lat: -48.8767, lon: -123.3933 } as const;

/** The middle of the road passes through these points, counterclockwise. */
const CORNERS: readonly (readonly [number, number])[] = [
  [-20, -28],
  [2, -29],
  [24, -28],
  [40, -21],
  [42, -7],
  [30, 0],
  [17, -6],
  [6, -2],
  [8, 10],
  [22, 14],
  [34, 20],
  [28, 31],
  [8, 31],
  [-10, 27],
  [-17, 15],
  [-28, 11],
  [-40, 16],
  [-48, 6],
  [-44, -10],
  [-36, -22],
];
/** Points between two corners. */
const PIECES = 14;
/** Barriers beside the road: where they begin and end along it, and on which side. */
const BARRIERS = [
  { from: 62, to: 96, lateral: -6 },
  { from: 118, to: 132, lateral: 5.6 },
  { from: 166, to: 200, lateral: -6 },
  { from: 246, to: 262, lateral: 5.6 },
  { from: 274, to: 306, lateral: -6 },
] as const;
/** Length of one straight piece of a barrier. */
const BARRIER_PIECE = 2;
/** Cones: a slalom on the long straight, and the insides of narrow corners. */
const CONES: readonly RoadPlace[] = [
  { along: 22, lateral: 1 },
  { along: 30, lateral: -1 },
  { along: 38, lateral: 1 },
  { along: 104, lateral: 3.9 },
  { along: 107, lateral: 3.9 },
  { along: 132, lateral: -3.9 },
  { along: 136, lateral: -3.9 },
  { along: 172, lateral: 3.9 },
  { along: 176, lateral: 3.9 },
  { along: 214, lateral: 1.1 },
  { along: 222, lateral: -1.1 },
  { along: 250, lateral: -3.9 },
  { along: 288, lateral: 3.9 },
];
const TREES: readonly (readonly [x: number, y: number, height: number])[] = [
  [-52, -33, 6],
  [-40, -35, 5],
  [-10, -36, 5.5],
  [14, -36, 6.5],
  [36, -34, 5],
  [50, -30, 6],
  [52, -12, 5],
  [49, 6, 6.5],
  [44, 14, 4.5],
  [46, 30, 6],
  [38, 38, 5],
  [16, 38, 6],
  [-4, 37, 5],
  [-22, 33, 6.5],
  [-34, 26, 5],
  [-50, 22, 6],
  [-54, 4, 5],
  [-53, -16, 6],
  [-22, -10, 5],
  [-30, -2, 6],
  [-14, -16, 4.5],
  [24, -16, 5],
  [-6, 14, 5.5],
  [18, 22, 4.5],
];
const BOXES: readonly (readonly [x: number, y: number, height: number, colour: number])[] = [
  [-8, -20, 2.6, 0x2f6fb0],
  [-3, -20, 2.6, 0xd08a2e],
  [16, 5, 2.4, 0x8a4fa0],
  [-34, 2, 2.4, 0xb0483a],
];

/** The beginning of a straight piece of the road's middle. */
interface Sample extends Point {
  readonly along: number;
  /** To the next one. */
  readonly dx: number;
  readonly dy: number;
  readonly length: number;
}

const SAMPLES: readonly Sample[] = samples();
/** Once around, in metres. */
export const LAP: number = SAMPLES.at(-1)!.along;
/** All barriers. */
export const WALLS: readonly Wall[] = BARRIERS.flatMap(barrier);
/** Where cones stand. */
export const CONE_PLACES: readonly Point[] = CONES.map(pointAt);
/** All landmarks. */
export const LANDMARKS: readonly Landmark[] = [
  ...TREES.map(([x, y, height]) => ({ kind: "tree" as const, x, y, height })),
  ...BOXES.map(([x, y, height, colour]) => ({ kind: "box" as const, x, y, height, colour })),
  { kind: "gantry", ...pointAt({ along: 12, lateral: 0 }), height: 4.4 },
];

/** The point of a place. */
export function pointAt({ along, lateral }: RoadPlace): Point {
  const wrapped = ((along % LAP) + LAP) % LAP;
  const { x, y, dx, dy, length, along: begin } = SAMPLES.findLast((sample) =>
    sample.along <= wrapped
  )!;
  const [east, north] = [dx / length, dy / length];
  return {
    x: x + (wrapped - begin) * east - north * lateral,
    y: y + (wrapped - begin) * north + east * lateral,
  };
}

/** The nearest place of the road. */
export function nearestTo({ x, y }: Point): Nearest {
  let best = Infinity;
  let at = 0;
  let share = 0;
  for (let index = 0; index + 1 < SAMPLES.length; index++) {
    const a = SAMPLES[index]!;
    const { dx, dy, length } = a;
    const along = ((x - a.x) * dx + (y - a.y) * dy) / length;
    const t = along < 0 ? 0 : along > length ? length : along;
    const east = x - a.x - t * dx / length;
    const north = y - a.y - t * dy / length;
    const distance = east * east + north * north;
    if (distance >= best) continue;
    best = distance;
    at = index;
    share = t;
  }
  const a = SAMPLES[at]!;
  const side = a.dx * (y - a.y) - a.dy * (x - a.x);
  return {
    along: a.along + share,
    lateral: Math.sign(side) * Math.sqrt(best),
    heading: Math.atan2(a.dy, a.dx),
  };
}

/** Points along a smooth curve through all corners (Catmull–Rom), the first one again at the end. */
function samples(): Sample[] {
  const corner = (index: number) => CORNERS[(index + CORNERS.length) % CORNERS.length]!;
  const points = CORNERS.flatMap((_, index) => {
    const around = [
      corner(index - 1),
      corner(index),
      corner(index + 1),
      corner(index + 2),
    ] as const;
    return Array.from({ length: PIECES }, (_, piece) => between(around, piece / PIECES));
  });
  let along = 0;
  const closed = [...points, points[0]!];
  return closed.map((point, index) => {
    const next = closed[index + 1] ?? points[1]!;
    const [dx, dy] = [next.x - point.x, next.y - point.y];
    const length = Math.hypot(dx, dy);
    const sample = { ...point, along, dx, dy, length };
    along += length;
    return sample;
  });
}

function between(
  [p, q, r, s]: readonly [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ],
  t: number,
): Point {
  const curve = (a: number, b: number, c: number, d: number) =>
    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
      (3 * b - a - 3 * c + d) * t * t * t);
  return { x: curve(p[0], q[0], r[0], s[0]), y: curve(p[1], q[1], r[1], s[1]) };
}

function barrier({ from, to, lateral }: typeof BARRIERS[number]): Wall[] {
  const pieces = Math.round((to - from) / BARRIER_PIECE);
  const point = (piece: number) => pointAt({ along: from + piece * BARRIER_PIECE, lateral });
  return Array.from(
    { length: pieces },
    (_, piece) => ({ from: point(piece), to: point(piece + 1) }),
  );
}

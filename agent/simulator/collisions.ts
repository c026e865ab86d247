/**
 * What happens when the simulated car meets barriers and cones: a barrier returns it softly, a cone is knocked over and
 * slides away.
 *
 * @module
 */
import { type Motion, STEP_RATE, velocityOf, withVelocity } from "./physics.ts";
import { CONE_PLACES, type Point, type Wall, WALLS } from "./track.ts";

/** The car counts as a disc of this radius, in metres. */
const CAR_RADIUS = 0.85;
const CONE_RADIUS = 0.2;
/** Beyond this the car cannot touch a piece of a barrier, whose length is less, in metres. */
const FAR = 12;
/** Share of the speed against a barrier that comes back, and of the speed along it that stays. */
const BOUNCE = 0.25;
const SCRAPE = 0.995;
/** Share of its turning that the car keeps in a bounce. */
const KEPT_TURN = 0.6;
/** Share of its speed that the car keeps when it meets a cone. */
const KEPT_SPEED = 0.985;
/** A cone flies off with this share of the car's speed, and loses it within about half a second. */
const CONE_SPEED = 1.2;
const CONE_DRAG = 5;
/** Below this speed a cone lies still, m/s. */
const CONE_STAND = 0.05;

/** A cone: upright where it was put, or knocked over. */
export interface Cone extends Point {
  readonly fallen: boolean;
  /** Velocity over the ground, m/s. */
  readonly vx: number;
  readonly vy: number;
}

/** All cones where they were put. */
export const UPRIGHT_CONES: readonly Cone[] = CONE_PLACES.map((place) => ({
  ...place,
  fallen: false,
  vx: 0,
  vy: 0,
}));

/** The car after the barriers that it touches. */
export function hitWalls(motion: Motion, walls: readonly Wall[] = WALLS): Motion {
  return walls.reduce(hitWall, motion);
}

function hitWall(motion: Motion, wall: Wall): Motion {
  const { from } = wall;
  if (Math.abs(from.x - motion.x) > FAR || Math.abs(from.y - motion.y) > FAR) return motion;
  const nearest = nearestOn(wall, motion);
  const [dx, dy] = [motion.x - nearest.x, motion.y - nearest.y];
  const distance = Math.hypot(dx, dy);
  if (distance >= CAR_RADIUS || distance === 0) return motion;
  const [nx, ny] = [dx / distance, dy / distance];
  const outside = { ...motion, x: nearest.x + nx * CAR_RADIUS, y: nearest.y + ny * CAR_RADIUS };
  const velocity = velocityOf(motion);
  const against = velocity.x * nx + velocity.y * ny;
  if (against >= 0) return outside;
  const alongX = velocity.x - against * nx;
  const alongY = velocity.y - against * ny;
  return {
    ...withVelocity(outside, {
      x: alongX * SCRAPE - against * BOUNCE * nx,
      y: alongY * SCRAPE - against * BOUNCE * ny,
    }),
    turn: motion.turn * KEPT_TURN,
  };
}

/** The car and the cones one step later: those that the car meets are knocked over. */
export function hitCones(
  motion: Motion,
  cones: readonly Cone[],
): { readonly motion: Motion; readonly cones: readonly Cone[] } {
  let after = motion;
  let changed = false;
  const moved = cones.map((cone) => {
    const distance = Math.hypot(cone.x - after.x, cone.y - after.y);
    if (distance < CAR_RADIUS + CONE_RADIUS) {
      changed = true;
      const velocity = velocityOf(after);
      after = withVelocity(after, { x: velocity.x * KEPT_SPEED, y: velocity.y * KEPT_SPEED });
      return { ...cone, fallen: true, vx: velocity.x * CONE_SPEED, vy: velocity.y * CONE_SPEED };
    }
    if (cone.vx === 0 && cone.vy === 0) return cone;
    changed = true;
    return slide(cone);
  });
  return { motion: after, cones: changed ? moved : cones };
}

function slide({ x, y, vx, vy, fallen }: Cone): Cone {
  const keep = 1 - CONE_DRAG / STEP_RATE;
  const lies = Math.hypot(vx, vy) < CONE_STAND;
  return {
    x: x + vx / STEP_RATE,
    y: y + vy / STEP_RATE,
    vx: lies ? 0 : vx * keep,
    vy: lies ? 0 : vy * keep,
    fallen,
  };
}

function nearestOn({ from, to }: Wall, { x, y }: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const t = ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy);
  const share = Math.max(0, Math.min(1, t));
  return { x: from.x + share * dx, y: from.y + share * dy };
}

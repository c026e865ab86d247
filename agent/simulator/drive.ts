/**
 * The simulated vehicle as a whole: the car on its course, its battery and motor, and its own failsafe. Pure; the time is
 * passed in.
 *
 * ```text
 *  control comes ──▶ driven ──no control for 200 ms──▶ braking to a stand, wheels straight
 *                      ▲                                  │
 *                      └──────────── control ─────────────┘
 *  over the edge of the meadow, or reset is asked ──▶ at rest in the middle of the road
 * ```
 *
 * @module
 */
import { type Cone, hitCones, hitWalls, UPRIGHT_CONES } from "./collisions.ts";
import {
  type CarControl,
  type Motion,
  move,
  NEUTRAL,
  standing,
  STEP_RATE,
  type Surface,
} from "./physics.ts";
import { BOUNDS, KERB, nearestTo, pointAt, ROAD_HALF } from "./track.ts";

/** The car brakes when no control came for this long, in milliseconds. */
export const SILENCE = 200;
const STEP = 1000 / STEP_RATE;
/** Most time that one call makes up for, in milliseconds: a machine that slept leaves the rest out. */
const MAX_ELAPSED = 250;
/** Full energy of the battery, in joules: some twenty minutes of hard driving. */
const ENERGY = 5_000_000;
/** Electronics alone, in watts. */
const IDLE_POWER = 25;
const EFFICIENCY = 0.8;
/** Below this charge the motor fades down to a share that still brings the car home. */
const LOW_CHARGE = 0.05;
const LEAST_POWER = 0.4;
/** Degrees Celsius, and the time constant of cooling in seconds. */
const AIR_TEMPERATURE = 18;
const HEATING = 0.0012;
const COOLING = 90;
/** Where a car starts: on the way to the gantry. */
const START = 3;
/** Below this speed the failsafe lets go of the brake, m/s. */
const STOPPED = 0.3;

/** The simulated vehicle at one moment. */
export interface Car {
  readonly motion: Motion;
  readonly surface: Surface;
  readonly cones: readonly Cone[];
  /** Joules in the battery. */
  readonly energy: number;
  /** Drawn from the battery, in watts. */
  readonly watts: number;
  /** Degrees Celsius of the motor. */
  readonly temperature: number;
  /** Metres that were driven. */
  readonly odometer: number;
  /** Time that is simulated, in milliseconds. */
  readonly at: number;
}

/** The newest control and when it came, on the clock that {@linkcode advance} is called with. */
export interface Received extends CarControl {
  readonly at: number;
  /** Whether the car is asked back to the road. */
  readonly reset: boolean;
}

/** A car that begins at the start, with a full battery. `now`: in milliseconds. */
export function startCar(now: number): Car {
  const motion = onRoad(START);
  return {
    motion,
    surface: "road",
    cones: UPRIGHT_CONES,
    energy: ENERGY,
    watts: IDLE_POWER,
    temperature: AIR_TEMPERATURE,
    odometer: 0,
    at: now,
  };
}

/** The car at `now`, in steps of the simulation; a rest of less than one step is left for the next call. */
export function advance(
  car: Car,
  { now, received }: { readonly now: number; readonly received: Received | undefined },
): Car {
  let next = now - car.at > MAX_ELAPSED ? { ...car, at: now - MAX_ELAPSED } : car;
  while (next.at + STEP <= now) next = step(next, received);
  return next;
}

/** Whether control counts at a moment; without it the car brakes. */
export function isDriven(received: Received | undefined, now: number): boolean {
  return received !== undefined && now - received.at <= SILENCE;
}

/** Charge of the battery, 0 … 1. */
export function chargeOf({ energy }: Pick<Car, "energy">): number {
  return energy / ENERGY;
}

/** One step of the simulation. */
function step(car: Car, received: Received | undefined): Car {
  const at = car.at + STEP;
  if (received?.reset || isOver(car.motion)) return { ...putBack(car), at };
  const control = isDriven(received, at) && received ? received : brakes(car.motion);
  const moved = move(car.motion, { control, surface: car.surface, power: powerOf(car) });
  const { motion, cones } = hitCones(hitWalls(moved), car.cones);
  const speed = Math.hypot(motion.forward, motion.sideways);
  const mechanical = Math.max(0, motion.drive * motion.forward);
  const watts = IDLE_POWER + Math.abs(motion.drive) * 0.4 + mechanical / EFFICIENCY;
  const heat = (watts - IDLE_POWER) * HEATING - (car.temperature - AIR_TEMPERATURE) / COOLING;
  return {
    motion,
    surface: surfaceAt(motion),
    cones,
    energy: Math.max(0, car.energy - watts / STEP_RATE),
    watts,
    temperature: car.temperature + heat / STEP_RATE,
    odometer: car.odometer + speed / STEP_RATE,
    at,
  };
}

/** The car's own failsafe: wheels straight, and brakes against the motion. */
function brakes({ forward }: Motion): CarControl {
  if (Math.abs(forward) < STOPPED) return NEUTRAL;
  return { steering: 0, throttle: forward > 0 ? -1 : 1 };
}

function powerOf(car: Car): number {
  return Math.max(LEAST_POWER, Math.min(1, chargeOf(car) / LOW_CHARGE));
}

function surfaceAt(motion: Motion): Surface {
  return Math.abs(nearestTo(motion).lateral) <= ROAD_HALF + KERB ? "road" : "meadow";
}

function isOver({ x, y }: Motion): boolean {
  return x < BOUNDS.left || x > BOUNDS.right || y < BOUNDS.bottom || y > BOUNDS.top;
}

function putBack(car: Car): Car {
  const motion = onRoad(nearestTo(car.motion).along);
  return { ...car, motion, surface: "road", cones: UPRIGHT_CONES, watts: IDLE_POWER };
}

function onRoad(along: number): Motion {
  const place = pointAt({ along, lateral: 0 });
  return standing({ ...place, heading: nearestTo(place).heading });
}

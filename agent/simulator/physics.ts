/**
 * How the simulated car moves: a bicycle model with limited grip, drive, brakes and drag, whose steering and motor follow
 * their control with a lag. Pure: one step is 1/120 s.
 *
 * Lengths are metres, times seconds, angles radians from east to north. The car steers to the right with a positive
 * control and drives forward with a positive throttle; a negative throttle brakes, and drives backwards from a stand.
 *
 * @module
 */

/** Steps a second. */
export const STEP_RATE = 120;
const STEP = 1 / STEP_RATE;
const GRAVITY = 9.81;
const MASS = 380;
/** Moment of inertia about the vertical axis, kg m². */
const INERTIA = 260;
/** From the centre of gravity to the axles. */
const FRONT = 0.8;
const REAR = 0.8;
/** Greatest angle of the front wheels. */
export const MAX_STEERING = 0.55;
/** Sideways force of one axle for each radian of slip, in newtons. */
const STIFFNESS = 26_000;
/** Slip is measured against at least this speed, m/s: it has no meaning at a stand. */
const SLIP_SPEED = 3;
/** In newtons. */
const DRIVE_FORCE = 1_500;
const BRAKE_FORCE = 3_000;
/** Of the motor, in watts. */
const DRIVE_POWER = 9_000;
/** Greatest speed backwards, m/s. */
const REVERSE_SPEED = 4;
/** Below this speed a negative throttle drives backwards, m/s. */
const STAND = 0.4;
/** Force of the air, in newtons at 1 m/s. */
const AIR = 2.4;
/** Deceleration of rolling, m/s². */
const ROLLING = { road: 0.7, meadow: 2.6 } as const;
/** Share of the weight that the tyres can transfer. */
const GRIP = { road: 1, meadow: 0.5 } as const;
/** The rear tyres hold this much better, so a car that is too fast slides out of the corner and seldom spins. */
const REAR_GRIP = 1.25;
/** The motor fades over this speed when forces change their sign, m/s. */
const SOFT = 0.25;
/** Time constants of steering and motor. */
const STEERING_LAG = 0.07;
const MOTOR_LAG = 0.1;
/** Bounds that no state exceeds: m/s and rad/s. */
export const MAX_SPEED = 30;
const MAX_TURN = 6;

/** What the tyres stand on. */
export type Surface = "road" | "meadow";

/** The control of the car, each −1 … 1. */
export interface CarControl {
  readonly steering: number;
  readonly throttle: number;
}

/** How the car stands and moves. */
export interface Motion {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  /** Speed forwards and to the left, m/s. */
  readonly forward: number;
  readonly sideways: number;
  /** Turning to the left, rad/s. */
  readonly turn: number;
  /** Steering and throttle as they act, behind the control by their lag. */
  readonly applied: CarControl;
  /** Force of the motor, in newtons. */
  readonly drive: number;
}

/** Nothing moves and nothing is asked for. */
export const NEUTRAL: CarControl = { steering: 0, throttle: 0 };

/** A car at rest. */
export function standing(
  { x, y, heading }: { readonly x: number; readonly y: number; readonly heading: number },
): Motion {
  return { x, y, heading, forward: 0, sideways: 0, turn: 0, applied: NEUTRAL, drive: 0 };
}

/** The car one step later. `power`: share of the motor's force that the battery still gives, 0 … 1. */
export function move(
  motion: Motion,
  { control, surface, power }: {
    readonly control: CarControl;
    readonly surface: Surface;
    readonly power: number;
  },
): Motion {
  const { heading, forward, sideways, turn } = motion;
  const applied = {
    steering: follow(motion.applied.steering, inRange(control.steering), STEERING_LAG),
    throttle: follow(motion.applied.throttle, inRange(control.throttle), MOTOR_LAG),
  };
  const drive = driveForce(applied.throttle, forward) * power;
  const brake = brakeForce(applied.throttle, forward);
  const grip = GRIP[surface] * MASS * GRAVITY / 2;

  const angle = -applied.steering * MAX_STEERING;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const frontSide = sideways + FRONT * turn;
  const rearSide = sideways - REAR * turn;
  // Speeds of the front wheel along and across itself.
  const rolling = forward * cos + frontSide * sin;
  const sliding = frontSide * cos - forward * sin;

  const frontLong = limited(-brake * soft(rolling) * 0.6, grip);
  const rearGrip = grip * REAR_GRIP;
  const rearLong = limited(drive - brake * soft(forward) * 0.4, rearGrip);
  const frontLateral = tyreForce(sliding, rolling, left(grip, frontLong));
  const rearLateral = tyreForce(rearSide, forward, left(rearGrip, rearLong), REAR_GRIP);

  const drag = ROLLING[surface] * MASS * soft(forward) + AIR * forward * Math.abs(forward);
  const along = frontLong * cos - frontLateral * sin + rearLong - drag;
  const across = frontLong * sin + frontLateral * cos + rearLateral;
  const moment = FRONT * (frontLong * sin + frontLateral * cos) - REAR * rearLateral;

  const next = {
    forward: bounded(forward + (along / MASS + turn * sideways) * STEP, MAX_SPEED),
    sideways: bounded(sideways + (across / MASS - turn * forward) * STEP, MAX_SPEED),
    turn: bounded(turn + moment / INERTIA * STEP, MAX_TURN),
  };
  const turned = wrapped(heading + next.turn * STEP);
  const velocity = velocityOf({ ...next, heading: turned });
  return {
    x: motion.x + velocity.x * STEP,
    y: motion.y + velocity.y * STEP,
    heading: turned,
    ...next,
    applied,
    drive,
  };
}

/** Velocity over the ground, m/s. */
export function velocityOf(
  { heading, forward, sideways }: Pick<Motion, "heading" | "forward" | "sideways">,
): { readonly x: number; readonly y: number } {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  return { x: forward * cos - sideways * sin, y: forward * sin + sideways * cos };
}

/** The same car with another velocity over the ground, m/s. */
export function withVelocity(
  motion: Motion,
  { x, y }: { readonly x: number; readonly y: number },
): Motion {
  const [cos, sin] = [Math.cos(motion.heading), Math.sin(motion.heading)];
  return { ...motion, forward: x * cos + y * sin, sideways: y * cos - x * sin };
}

function driveForce(throttle: number, forward: number): number {
  if (throttle >= 0) {
    return throttle * Math.min(DRIVE_FORCE, DRIVE_POWER / Math.max(1, Math.abs(forward)));
  }
  if (forward > STAND) return 0;
  const fade = Math.max(0, Math.min(1, (forward + REVERSE_SPEED) / 1));
  return throttle * DRIVE_FORCE * 0.6 * fade;
}

/** The brakes act while the throttle is against the motion, forwards as backwards. */
function brakeForce(throttle: number, forward: number): number {
  if (throttle < 0 && forward > STAND) return -throttle * BRAKE_FORCE;
  return throttle > 0 && forward < -STAND ? throttle * BRAKE_FORCE : 0;
}

/** Force of an axle against its sliding; it saturates smoothly at the grip that is left. */
function tyreForce(sliding: number, rolling: number, grip: number, stiffer = 1): number {
  const slip = sliding / Math.max(SLIP_SPEED, Math.abs(rolling));
  return grip === 0 ? 0 : -grip * Math.tanh(STIFFNESS * stiffer * slip / grip);
}

/** The grip that is left across for a force along, newtons. */
function left(grip: number, along: number): number {
  return Math.sqrt(Math.max(0, grip * grip - along * along));
}

function limited(force: number, grip: number): number {
  return bounded(force, grip * 0.97);
}

/** The sign of a speed, without a jump at a stand. */
function soft(speed: number): number {
  return bounded(speed / SOFT, 1);
}

function follow(value: number, target: number, lag: number): number {
  return value + (target - value) * (1 - Math.exp(-STEP / lag));
}

function inRange(value: number): number {
  return Number.isFinite(value) ? bounded(value, 1) : 0;
}

function bounded(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

function wrapped(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

/**
 * What a driver wishes: steering and throttle from −1 to 1, merged from many devices, curved and limited. Pure.
 *
 * @module
 */
import type { DriveState } from "../../../../protocol/control/control.ts";

/** Neither steering nor throttle. */
export const REST: DriveState = { steering: 0, throttle: 0 };
/** Up to this share of full deflection an input counts as at rest; a vehicle is armed only so (ACT7). */
const RESTING = 0.05;

/** What a driver steers with. */
export type DriveDevice = "keyboard" | "gamepad" | "touch" | "tilt";

/** How wishes are curved and limited. */
export interface Shaping {
  /** How much gentler the middle is, 0 to 1: 0 is a straight line, 1 the third power. */
  readonly expo: number;
  /** The most throttle forward and back, 0 to 1. */
  readonly maxThrottle: number;
}

/** Of each axis the value that is pushed furthest; at rest without devices. */
export function mergeWishes(wishes: Iterable<DriveState>): DriveState {
  let merged = REST;
  for (const { steering, throttle } of wishes) {
    merged = {
      steering: further(merged.steering, steering),
      throttle: further(merged.throttle, throttle),
    };
  }
  return merged;
}

/** The wish that is sent for what the devices say. */
export function shapeWish(
  { steering, throttle }: DriveState,
  { expo, maxThrottle }: Shaping,
): DriveState {
  return {
    steering: curve(steering, expo),
    throttle: curve(throttle, expo) * maxThrottle,
  };
}

/** Whether a vehicle may be armed with this wish. */
export function isAtRest({ steering, throttle }: DriveState): boolean {
  return Math.abs(steering) <= RESTING && Math.abs(throttle) <= RESTING;
}

/** Whether two wishes are equal. */
export function sameWish(a: DriveState, b: DriveState): boolean {
  return a.steering === b.steering && a.throttle === b.throttle;
}

/** `value` within −1 and 1; what is no number is 0. */
export function unit(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(-1, value)) : 0;
}

/** The part of `value` beyond a dead zone around 0, stretched so that full deflection stays full. */
export function beyond(value: number, deadZone: number): number {
  const size = Math.abs(unit(value));
  if (size <= deadZone) return 0;
  // Rounding may lead a little beyond full deflection.
  return Math.sign(value) * Math.min(1, (size - deadZone) / (1 - deadZone));
}

function curve(value: number, expo: number): number {
  const straight = unit(value);
  return (1 - expo) * straight + expo * straight ** 3;
}

function further(a: number, b: number): number {
  return Math.abs(b) > Math.abs(a) ? b : a;
}

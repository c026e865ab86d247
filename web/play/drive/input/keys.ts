/**
 * Driving by keyboard: a key is all or nothing, so steering and throttle move towards what the held keys say, and back
 * to rest more quickly. Pure; time is passed in.
 *
 * @module
 */
import type { DriveState } from "../../../../protocol/control/control.ts";
import { REST } from "./wish.ts";

/** `KeyboardEvent.code` → what the key pushes. */
const KEYS: Readonly<Record<string, Partial<DriveState>>> = {
  ArrowLeft: { steering: -1 },
  ArrowRight: { steering: 1 },
  ArrowUp: { throttle: 1 },
  ArrowDown: { throttle: -1 },
  KeyA: { steering: -1 },
  KeyD: { steering: 1 },
  KeyW: { throttle: 1 },
  KeyS: { throttle: -1 },
};

/** The key that is held to drive. */
export const HOLD_KEY = "Space";

/** How fast an axis moves, in full deflections a second: away from rest, and towards it. */
const RATES = {
  steering: { out: 2.5, back: 6 },
  throttle: { out: 1.5, back: 6 },
} as const;
/** A longer step counts as this long, in milliseconds: the page did not run meanwhile. */
const LONGEST_STEP = 100;

/** Whether the key steers. */
export function isDriveKey(code: string): boolean {
  return Object.hasOwn(KEYS, code);
}

/** What the held keys ask for; opposite keys cancel out. */
export function wishOfKeys(held: Iterable<string>): DriveState {
  const pushed = { steering: new Set<number>(), throttle: new Set<number>() };
  for (const code of held) {
    const key = KEYS[code];
    if (key?.steering !== undefined) pushed.steering.add(key.steering);
    if (key?.throttle !== undefined) pushed.throttle.add(key.throttle);
  }
  return { steering: sum(pushed.steering), throttle: sum(pushed.throttle) };
}

/** Where the axes are `ms` milliseconds after `from`, on their way to what the held keys ask for. */
export function rampKeys(from: DriveState, held: Iterable<string>, ms: number): DriveState {
  const target = wishOfKeys(held);
  const seconds = Math.min(LONGEST_STEP, Math.max(0, ms)) / 1000;
  const next = {
    steering: ramp(from.steering, target.steering, RATES.steering, seconds),
    throttle: ramp(from.throttle, target.throttle, RATES.throttle, seconds),
  };
  return next.steering === 0 && next.throttle === 0 ? REST : next;
}

function ramp(
  from: number,
  to: number,
  { out, back }: { readonly out: number; readonly back: number },
  seconds: number,
): number {
  if (from === to) return to;
  const up = Math.sign(to - from);
  // Towards rest first; the rest of the time from there on.
  if (from !== 0 && up !== Math.sign(from)) {
    const needed = Math.abs(from) / back;
    if (seconds < needed) return stop(from + up * back * seconds, to, up);
    return to === 0 ? 0 : ramp(0, to, { out, back }, seconds - needed);
  }
  return stop(from + up * out * seconds, to, up);
}

function stop(value: number, to: number, up: number): number {
  return up > 0 ? Math.min(value, to) : Math.max(value, to);
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

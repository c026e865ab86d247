/**
 * How old a control is, by the time of its sender: one that repeats a time comes from a sender that is stuck, and one
 * that takes longer than the quickest was held up on the way, or its sender's clock stands still.
 *
 * @module
 */
import type { Millis } from "../clock.ts";
import type { ControlProfile } from "./profile.ts";

/** The newest timestamp of a sender, and the same moment in milliseconds that do not wrap. */
export interface SenderTime {
  /** Seconds, as decoded. */
  readonly timestamp: number;
  readonly ms: number;
}

/** The time of a sender after a message, in milliseconds that grow on where the timestamps of its profile wrap. */
export function unwrap(
  last: SenderTime | undefined,
  timestamp: number,
  { difference }: Pick<ControlProfile, "difference">,
): SenderTime {
  if (!last) return { timestamp, ms: timestamp * 1000 };
  return { timestamp, ms: last.ms + difference(timestamp, last.timestamp) };
}

/** How much longer than the quickest a control was on its way, in milliseconds; `stuck`: it repeats a time. */
export type Age = number | "stuck";

/** What is kept of the controls of one sender. */
export interface Arrivals {
  /** The newest time of the sender. */
  readonly newest: number;
  /** The least difference between the two clocks, in milliseconds. */
  readonly quickest: number;
  readonly at: Millis;
  /** When the freshest control would have come without being held up. */
  readonly freshAt: Millis;
}

/** How much the two clocks may differ in speed. */
const DRIFT = 0.001;

/** The age of a control that was sent at `sentAt`, milliseconds on the sender's clock. */
export function ageOf(
  arrivals: Arrivals | undefined,
  { sentAt, now }: { readonly sentAt: number; readonly now: Millis },
): { readonly age: Age; readonly arrivals: Arrivals } {
  const delay = now - sentAt;
  if (arrivals && sentAt <= arrivals.newest) return { age: "stuck", arrivals };
  const quickest = arrivals
    ? Math.min(delay, arrivals.quickest + (now - arrivals.at) * DRIFT)
    : delay;
  const age = delay - quickest;
  const freshAt = Math.max(arrivals?.freshAt ?? -Infinity, now - age) as Millis;
  return { age, arrivals: { newest: sentAt, quickest, at: now, freshAt } };
}

/**
 * Forgets the quickest control when no fresh one came for the silence: the path that carried it may be gone, and a slower
 * one is left. For a vehicle whose outputs are neutral alone, so that no failsafe comes later for it.
 */
export function forgetQuickest(
  arrivals: Arrivals | undefined,
  { now, silence }: { readonly now: Millis; readonly silence: number },
): Arrivals | undefined {
  if (!arrivals || now - arrivals.freshAt < silence) return arrivals;
  return { ...arrivals, quickest: Infinity };
}

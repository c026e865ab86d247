/**
 * How well the sound of a room is protected against losses. Protection takes bits and some quality, and a change takes
 * a new encoder, so it follows lasting losses only. Pure: time is an argument.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** The losses that sound is encoded for, in percent, each from a mean share on. */
const LEVELS: readonly { readonly percent: number; readonly from: number }[] = [
  { percent: 0, from: 0 },
  { percent: 10, from: 0.02 },
  { percent: 25, from: 0.1 },
];
/** The mean share follows each measurement by this much: about two seconds at four a second. */
const SMOOTHING = 0.12;
/** A level is left when the mean share stays below half of it for this long, in milliseconds. */
const DOWN_AFTER = 10_000;

/** The protection of one room's sound. */
export interface ProtectionState {
  /** The losses that sound is encoded for, in percent. */
  readonly percent: number;
  /** Mean share of packets lost, 0 … 1. */
  readonly mean: number;
  /** When the level was last needed. */
  readonly neededAt: Millis | undefined;
}

/** No protection. */
export const UNPROTECTED: ProtectionState = { percent: 0, mean: 0, neededAt: undefined };

/** The state after one more measurement of the largest loss of a viewer. Call it four times a second. */
export function stepProtection(state: ProtectionState, loss: number, now: Millis): ProtectionState {
  const mean = state.mean + SMOOTHING * (loss - state.mean);
  const wanted = LEVELS.findLast(({ from }) => mean >= from)!;
  if (wanted.percent > state.percent) return { percent: wanted.percent, mean, neededAt: now };
  const present = LEVELS.find(({ percent }) => percent === state.percent)!;
  if (mean >= present.from / 2) return { ...state, mean, neededAt: now };
  if (state.neededAt !== undefined && now - state.neededAt < DOWN_AFTER) return { ...state, mean };
  return { percent: wanted.percent, mean, neededAt: now };
}

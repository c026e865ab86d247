/**
 * Decides when the sound is too far behind the picture. A browser's jitter buffer grows with a single late burst and
 * keeps its size for a minute or longer; only a new receiver begins with a small one. Pure.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** Sound that waits longer than this is behind, in milliseconds; longer by so many times the jitter of its packets. */
export const MOST_DELAY = 80;
const JITTERS = 4;
/** So many measurements in a row, one a second, begin the sound anew. */
const LATE_SAMPLES = 2;
/** So many measurements in time in a row show that an attempt has helped. */
const HELPED_SAMPLES = 3;
/** Least time to the attempt after one that has not helped, in milliseconds; it doubles, up to the second. */
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 160_000;

/** The newest measurements, and when the next attempt may be made. */
export interface SoundDelayState {
  /** Late measurements in a row, and those in time in a row. */
  readonly late: number;
  readonly inTime: number;
  readonly nextAt: Millis | undefined;
  /** The wait after the next attempt. */
  readonly wait: number;
}

/** Nothing was measured yet. */
export const SOUND_IN_TIME: SoundDelayState = {
  late: 0,
  inTime: 0,
  nextAt: undefined,
  wait: FIRST_WAIT,
};

/** One second of sound, in milliseconds; `undefined` where the browser tells nothing. */
export interface SoundSample {
  /** How long it waited in the jitter buffer, in the mean. */
  readonly soundDelay: number | undefined;
  /** How much the arrival of its packets varies (RFC 3550 §6.4.1). */
  readonly soundJitter: number | undefined;
}

/** The state after one more second, and whether to begin the sound anew now. */
export function watchSound(
  state: SoundDelayState,
  { soundDelay, soundJitter = 0 }: SoundSample,
  now: Millis,
): { readonly state: SoundDelayState; readonly renew: boolean } {
  if (soundDelay === undefined) return { state, renew: false };
  const isLate = soundDelay > MOST_DELAY + JITTERS * soundJitter;
  const late = isLate ? state.late + 1 : 0;
  const inTime = isLate ? 0 : state.inTime + 1;
  if (inTime >= HELPED_SAMPLES) return { state: SOUND_IN_TIME, renew: false };
  const mayTry = state.nextAt === undefined || now >= state.nextAt;
  if (late < LATE_SAMPLES || !mayTry) return { state: { ...state, late, inTime }, renew: false };
  const nextAt = (now + state.wait) as Millis;
  const wait = Math.min(LONGEST_WAIT, 2 * state.wait);
  return { state: { late: 0, inTime: 0, nextAt, wait }, renew: true };
}

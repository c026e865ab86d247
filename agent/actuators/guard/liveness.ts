/**
 * How the agent notices that a guard hangs: a guard whose program runs says so all the time. Only its program can write
 * neutral, so that a guard that says nothing is replaced before the silence is over.
 *
 * @module
 */

/** The longest time between two signs of life, in milliseconds. */
const LONGEST_BEAT = 50;
/** A guard without the actuator, or that is opening it, counts as hanging after this time, in milliseconds. */
const IDLE_LIMIT = 1_000;
/** A guard that does not begin within this time is started again, in milliseconds. */
const START_LIMIT = 30_000;

/** What a guard is doing: its program starts, it stands by or opens the actuator, or it holds the actuator. */
export type GuardPhase = "starting" | "idle" | "holding";

/** Between two signs of life, in milliseconds, where control may be missing for `silence`. */
export function beatPeriod(silence: number): number {
  return Math.min(LONGEST_BEAT, silence / 10);
}

/** How long a guard may say nothing, in milliseconds. A third of the silence is left to the guard that follows. */
export function hangLimit(phase: GuardPhase, silence: number): number {
  switch (phase) {
    case "starting":
      return START_LIMIT;
    case "idle":
      return IDLE_LIMIT;
    case "holding":
      return Math.min(IDLE_LIMIT, silence * 2 / 3);
  }
}

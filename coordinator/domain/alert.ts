/**
 * One alert with hysteresis. It is raised when its condition has held for a set time, and cleared when the opposite
 * has held for as long, so a figure that swings around its limit does not raise alerts again and again.
 *
 * ```text
 *  quiet ──bad──▶ rising ──for_ms──▶ raised ──good──▶ falling ──for_ms──▶ quiet
 *    ▲──not bad──────┘                  ▲──not good──────┘
 * ```
 *
 * Between the two limits a figure is neither bad nor good: a quiet or raised alert keeps its state.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";

/** The state of one alert. */
export type AlertLife =
  | { readonly state: "quiet" }
  | { readonly state: "rising"; readonly since: EpochMillis }
  | { readonly state: "raised"; readonly at: EpochMillis }
  | { readonly state: "falling"; readonly at: EpochMillis; readonly since: EpochMillis };

/** The newest figure: past the raising limit (`bad`), past the clearing limit (`good`), or between the two. */
export type Reading = "bad" | "good" | "between";

/** The state of an alert that was not raised. */
export const QUIET: AlertLife = { state: "quiet" };

/** Whether the alert is raised. */
export function isRaised(life: AlertLife): life is Extract<AlertLife, { at: EpochMillis }> {
  return life.state === "raised" || life.state === "falling";
}

/**
 * The state after a reading; the same object when nothing changes. `forMs`: how long a condition must hold, in
 * milliseconds.
 */
export function step(
  life: AlertLife,
  reading: Reading,
  { now, forMs }: { readonly now: EpochMillis; readonly forMs: number },
): AlertLife {
  switch (life.state) {
    case "quiet":
      return reading === "bad"
        ? step({ state: "rising", since: now }, "bad", { now, forMs })
        : life;
    case "rising":
      if (reading !== "bad") return QUIET;
      return now - life.since >= forMs ? { state: "raised", at: now } : life;
    case "raised":
      if (reading !== "good") return life;
      return step({ state: "falling", at: life.at, since: now }, "good", { now, forMs });
    case "falling":
      if (reading !== "good") return { state: "raised", at: life.at };
      return now - life.since >= forMs ? QUIET : life;
  }
}

/** Reads a figure where high is bad. */
export function readHigh(value: number, limits: { raise: number; clear: number }): Reading {
  if (value > limits.raise) return "bad";
  return value < limits.clear ? "good" : "between";
}

/** Reads a figure where low is bad. */
export function readLow(value: number, limits: { raise: number; clear: number }): Reading {
  if (value < limits.raise) return "bad";
  return value > limits.clear ? "good" : "between";
}

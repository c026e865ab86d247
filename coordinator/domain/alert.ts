/**
 * One alert with hysteresis: raised when its condition held for a while, cleared when the opposite held as long,
 * so that a figure that swings around its limit does not ring.
 *
 * ```text
 *  quiet ──bad──▶ rising ──for_ms──▶ raised ──good──▶ falling ──for_ms──▶ quiet
 *    ▲──not bad──────┘                  ▲──not good──────┘
 * ```
 *
 * Between the two limits a figure is neither bad nor good, and nothing moves.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";

export type AlertLife =
  | { readonly state: "quiet" }
  | { readonly state: "rising"; readonly since: EpochMillis }
  | { readonly state: "raised"; readonly at: EpochMillis }
  | { readonly state: "falling"; readonly at: EpochMillis; readonly since: EpochMillis };

/** What was just read: past the raising limit, past the clearing limit, or between the two. */
export type Reading = "bad" | "good" | "between";

export const QUIET: AlertLife = { state: "quiet" };

export function isRaised(life: AlertLife): life is Extract<AlertLife, { at: EpochMillis }> {
  return life.state === "raised" || life.state === "falling";
}

/** What `life` becomes. The same object when nothing changes. */
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

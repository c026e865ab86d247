/**
 * Reads the seed protocol's scheduler settings for a bonded link. Every setting has an effect, or is refused by its name.
 *
 * @module
 */
import { DEFAULT_RULES, type SchedulerRules } from "./scheduler.ts";
import type { Scheduler } from "../../../protocol/field/device.ts";

/** The settings that take effect, and what each one sets. The latency is the link's, not the scheduler's. */
const KNOWN = {
  storm_enabled: "storm",
  redundancy_enabled: "redundancy",
  redundancy_spare_ratio: "spareRatio",
  critical_broadcast: "criticalBroadcast",
} as const satisfies Record<string, keyof SchedulerRules>;
const LATENCY = "discard_deadline_ms";

/** Whether a setting of this name changes the rules. */
export function isRule(name: string): boolean {
  return name in KNOWN;
}

/** The rules, with `base` for what is absent; or a sentence that names the settings that are unknown. */
export function readRules(
  scheduler: Scheduler,
  base: SchedulerRules = DEFAULT_RULES,
): SchedulerRules | { readonly error: string } {
  const unknown = Object.keys(scheduler).filter((name) => !(name in KNOWN) && name !== LATENCY);
  if (unknown.length > 0) {
    const names = [...Object.keys(KNOWN), LATENCY].join(", ");
    return {
      error: `this agent does not know ${
        unknown.map((name) => `scheduler.${name}`.slice(0, 80)).join(", ").slice(0, 400)
      }; it knows ${names}`,
    };
  }
  const set = Object.entries(KNOWN).flatMap(([name, rule]) => {
    const value = scheduler[name];
    return value === undefined ? [] : [[rule, value] as const];
  });
  return { ...base, ...Object.fromEntries(set) };
}

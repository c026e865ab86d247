/**
 * Why a vehicle is in failsafe, and why it does not arm. This file has no schema: the process that holds the actuator
 * loads it, and zod takes 7 MB in each isolate.
 *
 * @module
 */

/** Every cause of a failsafe, with its meaning. */
export const FAILSAFE_CAUSES = {
  silent: "no control came within the silence",
  stuck: "control came, but repeated an older one",
  stale: "control came too late to act on",
  disconnected: "the connection to the worker ended",
  worker_lost: "the worker ended",
  browser_lost: "the driver's browser is gone",
  handed_over: "another driver has taken the control seat",
  agent_lost: "the agent ended, or is silent",
  guard_lost: "a process that guards the actuator ended, or hung",
  actuator_failed: "the actuator cannot be written",
} as const;
/** The cause of a failsafe. */
export type FailsafeCause = keyof typeof FAILSAFE_CAUSES;

/** Every reason for which a vehicle does not arm, with its meaning. */
export const ARM_REFUSALS = {
  no_control: "no control of the driver comes",
  not_at_rest: "steering or throttle is not at rest",
  actuator_failed: "the actuator cannot be written",
  no_standby: "no second guard stands by yet",
} as const;
/** Why a vehicle does not arm. */
export type ArmRefusal = keyof typeof ARM_REFUSALS;

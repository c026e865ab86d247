/**
 * The messages between the agent and its guard, the process that holds the actuator.
 *
 * @module
 */
import type { DriveState } from "../../../protocol/control/control.ts";
import type { ArmRefusal, FailsafeCause } from "../../../protocol/control/failsafe_causes.ts";
import type { OutputConfig } from "../outputs.ts";
import type { ActuatorsState, Control } from "../ports.ts";
import type { ActuatorConfig } from "../settings.ts";

/** What the actuators of a vehicle are. */
export interface VehicleConfig {
  readonly actuator: ActuatorConfig;
  readonly outputs: readonly OutputConfig[];
  /** How long control may be missing, in milliseconds. */
  readonly silence: number;
}

/** Messages from the agent to the guard. */
export type ToGuard =
  | {
    readonly type: "start";
    readonly vehicle: VehicleConfig;
    /** The failsafe that an earlier guard, or its end, left. */
    readonly cause: FailsafeCause | undefined;
  }
  | { readonly type: "control"; readonly control: Control }
  | { readonly type: "arm" | "disarm" | "end" }
  | { readonly type: "lost"; readonly cause: FailsafeCause };

/** Messages from the guard to the agent. */
export type FromGuard =
  | { readonly type: "ready" }
  /** Its program runs. Sent all the time. */
  | { readonly type: "alive" }
  | { readonly type: "changed"; readonly state: ActuatorsState }
  /** What the actuator puts out has changed; ten times a second at most. */
  | { readonly type: "output"; readonly output: DriveState }
  | { readonly type: "refused"; readonly code: ArmRefusal }
  | { readonly type: "pulses"; readonly text: string };

/**
 * The interfaces of a vehicle's actuators: what the agent calls, what it is reported, and what a driver of a bus does.
 *
 * @module
 */
import type { DriveState } from "../../protocol/control/control.ts";
import type { ArmRefusal, FailsafeCause } from "../../protocol/control/failsafe_causes.ts";
import type { Wish } from "./inputs.ts";
import type { Pulse } from "./outputs.ts";

/** A driver's control as it comes from the link. */
export interface Control {
  readonly wish: Wish;
  /** When it was sent, in milliseconds on its sender's clock; a clock of any origin will do. */
  readonly sentAt: number;
}

/** What drivers and operators see of the actuators. */
export type ActuatorsState =
  | { readonly state: "disarmed" }
  | { readonly state: "armed" }
  | {
    readonly state: "failsafe";
    readonly cause: FailsafeCause;
    /** What went wrong with the actuator, in words. */
    readonly error?: string | undefined;
  };

/** The reports of the actuators. */
export interface ActuatorsListener {
  /** The state has changed. */
  changed(state: ActuatorsState): void;
  /** `arm` had no effect. */
  refused(code: ArmRefusal): void;
}

/** The actuators of a vehicle. Disposing leaves every output neutral. */
export interface Actuators extends Disposable {
  readonly state: ActuatorsState;
  /** What is put out, as the steering and throttle that would ask for it; `undefined` while that is not known. */
  readonly output: DriveState | undefined;
  /** Takes the newest wish of the driver. One that is no number in range, that is repeated or too late has no effect. */
  control(control: Control): void;
  /** Lets the outputs follow the driver; `changed` or `refused` answers, unless the vehicle is armed. */
  arm(): void;
  /** Makes the outputs neutral until the next `arm`, and ends a failsafe. */
  disarm(): void;
  /** Goes into failsafe, for a link of the control that ended. The next control may come from another sender. */
  linkLost(cause: FailsafeCause): void;
}

/** A bus with outputs. */
export interface Actuator extends Disposable {
  /**
   * Sets the outputs.
   *
   * @throws {Error} when the bus does not take them, with a sentence
   */
  write(pulses: readonly Pulse[]): void;
}

/**
 * Opens a bus; `failed` receives a fault that comes later, with a sentence.
 *
 * @throws {Error} when it cannot be opened, with a sentence
 */
export type OpenActuator = (failed: (error: Error) => void) => Actuator;

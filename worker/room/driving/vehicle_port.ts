/**
 * A vehicle as its room sees it, whichever way it is reached.
 *
 * @module
 */
import type { DriveState } from "../../../protocol/control/control.ts";
import type { VehiclePath } from "../../../protocol/control/vehicle_paths.ts";
import type { VehicleView } from "../../../protocol/control/vehicle.ts";
import type { VehicleOrder } from "../../../protocol/driving/vehicle_telemetry.ts";
import type { Answer } from "./answers.ts";

/** Why a driver is lost; `disarm`: it disarmed the vehicle, or left the seat by itself. */
export type StopCause =
  | Extract<VehicleOrder, { command: "lost" }>["parameters"]["cause"]
  | "disarm";

/** What a room shows of its vehicle. */
export type RemoteView = Omit<VehicleView, "driver" | "driver_name" | "asked" | "asked_by">;

/** A vehicle. Disposing makes it neutral, if it is connected. */
export interface DrivenVehicle extends Disposable {
  /** What is known of it now. */
  readonly view: RemoteView;
  /** What it last reported of its paths, as old as that is now; once for each report. */
  takePaths(): VehiclePath[] | undefined;
  /** Passes a wish on; false while the vehicle takes none. */
  drive(wish: DriveState): boolean;
  /** Makes the vehicle neutral. */
  stop(cause: StopCause, answer?: Answer): void;
  /** Tells the vehicle again what it did not answer. Call it a few times a second. */
  settle(): void;
  /** Arms the vehicle, if its driver is at rest. */
  arm(answer: Answer): void;
  /** The worker listens for the vehicle, or cannot. */
  listening(fault: VehicleView["port_fault"]): void;
}

/**
 * The interfaces of a vehicle: where it is driven from, and its connection to the worker.
 *
 * @module
 */
import type { ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { VehiclePath } from "../../protocol/control/vehicle_paths.ts";
import type { VehicleOrder, VehicleTelemetry } from "../../protocol/driving/vehicle_telemetry.ts";
import type { Wish } from "../actuators/inputs.ts";

/** A network path to the worker. */
export interface DrivePath {
  /** The worker's address for it. */
  readonly host: string;
  /** The network interface that it leaves by; absent: by the routes of the system. */
  readonly interface?: string | undefined;
}

/** Where the worker of a stream takes control from, with the secret of the links. */
export type DriveTarget =
  & NonNullable<Extract<ToAgent, { type: "stream.start" }>["payload"]["drive"]>
  & {
    /** The paths of the stream; absent: one, to `host`. */
    readonly paths?: readonly DrivePath[];
  };

/** What a link to the worker reports. */
export interface WorkerLinkEvents {
  /** The control channel is connected; its orders are counted anew. */
  opened(): void;
  /** The newest wish of the driver; `sentAt` in milliseconds on the worker's clock. */
  control(wish: Wish, sentAt: number): void;
  /** A command of the worker, each once. */
  order(order: VehicleOrder): void;
  /** The control channel ended, with its last link, or the worker is silent. */
  lost(cause: "disconnected" | "worker_lost"): void;
}

/** A link to the worker. Disposing closes it without a report. */
export interface WorkerLink extends Disposable {
  /** Takes the newest report to the worker, which is sent at the telemetry rate. */
  telemetry(value: VehicleTelemetry): void;
  /** Sends the newest figures of the stream's paths at once. */
  paths(paths: readonly VehiclePath[]): void;
}

/** Connects to the worker of a stream. */
export type ConnectToWorker = (target: DriveTarget, events: WorkerLinkEvents) => WorkerLink;

/** What a viewer on an open port does. */
export interface ViewerEvents {
  /** Its newest wish; `sentAt` in milliseconds on the viewer's clock. */
  control(wish: Wish, sentAt: number): void;
  /** It is silent, or gone. */
  lost(): void;
}

/**
 * The vehicle that this device is: passes the driver's control from the worker of the running stream to the actuators,
 * and reports their state and the readings to the worker.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import { PATHS_PERIOD } from "../../protocol/control/vehicle_paths.ts";
import type { VehicleOrder, VehicleTelemetry } from "../../protocol/driving/vehicle_telemetry.ts";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import type { Log } from "../../protocol/log.ts";
import { readInput, type Wish } from "../actuators/inputs.ts";
import type { Actuators, ActuatorsListener } from "../actuators/ports.ts";
import type { ActuatorConfig } from "../actuators/settings.ts";
import type { ConnectToWorker, DriveTarget, ViewerEvents, WorkerLink } from "./ports.ts";
import { PathStore } from "./path_store.ts";
import { ReadingStore } from "./readings.ts";

/** Between two reports to the worker, in milliseconds. */
const REPORT_PERIOD = 100;

/** The parts of a vehicle. */
export interface VehicleParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly actuator: ActuatorConfig["kind"];
  readonly openActuators: (listener: ActuatorsListener) => Actuators;
  readonly connect: ConnectToWorker;
  /** Lets a viewer on an open port drive; absent: none may. */
  readonly openViewer?: ((events: ViewerEvents) => Disposable) | undefined;
  /** The state of the actuators changed. */
  readonly changed: () => void;
}

/** A vehicle. Disposing leaves it neutral. */
export class Vehicle implements Disposable {
  /** The newest readings. */
  readonly readings = new ReadingStore();
  /** The newest figures of the paths of the running stream. */
  readonly paths = new PathStore();
  readonly #parts: VehicleParts;
  readonly #actuators: Actuators;
  readonly #reporting = new DisposableStack();
  #driven: { readonly target: DriveTarget; readonly link: WorkerLink } | undefined;
  /** A viewer's control has come since the last stream, and its end has not. */
  #isViewed = false;
  /** The newest order of this link, and the newest `arm`. */
  #newest = 0;
  #arming: number | undefined;
  #answer: VehicleTelemetry["answer"];

  constructor(parts: VehicleParts) {
    this.#parts = parts;
    this.#actuators = parts.openActuators({
      changed: (state) => {
        if (state.state === "armed") this.#answerArm();
        this.#report();
        parts.changed();
      },
      refused: (refused) => {
        this.#answerArm(refused);
        this.#report();
      },
    });
    this.#reporting.use(every(parts.clock, REPORT_PERIOD, () => this.#report()));
    this.#reporting.use(every(parts.clock, PATHS_PERIOD, () => this.#reportPaths()));
    this.#reporting.use(
      parts.openViewer?.({
        control: (wish, sentAt) => this.#followViewer(wish, sentAt),
        lost: () => this.#loseViewer(),
      }),
    );
  }

  /** What the coordinator gets of the vehicle. */
  get status(): NonNullable<DeviceStatus["vehicle"]> {
    const { state } = this.#actuators;
    return {
      actuator: this.#parts.actuator,
      state: state.state,
      ...(state.state === "failsafe" && {
        cause: state.cause,
        ...(state.error !== undefined && { error: state.error.slice(0, 400) }),
      }),
    };
  }

  /** Lets the worker of a stream drive; `undefined`: no stream runs, and nobody drives. */
  drive(target: DriveTarget | undefined): void {
    if (target === this.#driven?.target) return;
    this.paths.clear();
    this.#driven?.link[Symbol.dispose]();
    // The next driver begins anew, with another clock.
    if (this.#driven || this.#isViewed) this.#actuators.linkLost("disconnected");
    this.#driven = undefined;
    this.#isViewed = false;
    if (!target) return;
    const link = this.#parts.connect(target, {
      opened: () => {
        this.#newest = 0;
        this.#arming = this.#answer = undefined;
      },
      control: (wish, sentAt) => this.#actuators.control({ wish, sentAt }),
      order: (order) => this.#obey(order),
      lost: (cause) => this.#actuators.linkLost(cause),
    });
    this.#driven = { target, link };
  }

  [Symbol.dispose](): void {
    this.#reporting[Symbol.dispose]();
    this.drive(undefined);
    this.#actuators[Symbol.dispose]();
  }

  /**
   * Follows a viewer while no stream runs. Its protocol has no order to arm, so that a neutral wish arms, at the
   * beginning and after a failsafe.
   */
  #followViewer(wish: Wish, sentAt: number): void {
    if (this.#driven) return;
    this.#isViewed = true;
    this.#actuators.control({ wish, sentAt });
    const isNeutral = readInput(wish, "steering") === 0 && readInput(wish, "throttle") === 0;
    if (isNeutral && this.#actuators.state.state !== "armed") this.#actuators.arm();
  }

  #loseViewer(): void {
    if (this.#isViewed) this.#actuators.linkLost("disconnected");
    this.#isViewed = false;
  }

  #obey({ command, parameters }: VehicleOrder): void {
    const { order } = parameters;
    const isNewest = order > this.#newest;
    this.#newest = Math.max(this.#newest, order);
    switch (command) {
      case "arm":
        // The driver has let go since, or is another one.
        if (!isNewest) return;
        this.#arming = order;
        if (this.#actuators.state.state === "armed") this.#answerArm();
        return this.#actuators.arm();
      case "disarm":
        return this.#actuators.disarm();
      case "lost":
        return this.#actuators.linkLost(parameters.cause);
    }
  }

  #reportPaths(): void {
    const paths = this.paths.at(this.#parts.clock.now());
    if (paths) this.#driven?.link.paths(paths);
  }

  #answerArm(refused?: NonNullable<VehicleTelemetry["answer"]>["refused"]): void {
    if (this.#arming === undefined) return;
    this.#answer = { to: this.#arming, ...(refused && { refused }) };
    this.#arming = undefined;
  }

  #report(): void {
    if (!this.#driven) return;
    const { output, state } = this.#actuators;
    this.#driven.link.telemetry({
      ...(state.state === "failsafe" ? { state: "failsafe", cause: state.cause } : state),
      ...(output && { output }),
      ...(this.#answer && { answer: this.#answer }),
      readings: this.readings.at(this.#parts.clock.now()),
    });
  }
}

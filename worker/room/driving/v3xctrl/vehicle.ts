/**
 * A vehicle whose program is v3xctrl's streamer. Its protocol knows neither arming nor failsafes with causes, and it
 * goes neutral by itself when nothing comes for a while. So this end keeps the failsafe: while the vehicle is not armed,
 * and while its driver is silent, it is sent a neutral wish all the time.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../../../protocol/clock.ts";
import { type DriveState, HELD_REPEAT } from "../../../../protocol/control/control.ts";
import type { FailsafeCause } from "../../../../protocol/control/failsafe_causes.ts";
import type { Readings, VehicleView } from "../../../../protocol/control/vehicle.ts";
import type { DrivingEnd, DrivingEvents } from "../../../../protocol/driving/driving_end.ts";
import {
  armRefusal,
  DISARMED,
  type FailsafeEvent,
  type FailsafeState,
  step,
} from "../../../../protocol/driving/failsafe.ts";
import type { Log } from "../../../../protocol/log.ts";
import type { Answer } from "../answers.ts";
import { AT_REST } from "../driver.ts";
import type { DrivenVehicle, RemoteView, StopCause } from "../vehicle_port.ts";
import { readV3xctrl } from "./readings.ts";

/** How long the driver may be silent, in milliseconds. */
export const SILENCE = 500;
/** An input counts as at rest up to here. */
const REST = 0.05;

/** The surroundings of a vehicle. */
export interface V3xctrlPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** It went into failsafe. */
  failsafe(cause: FailsafeCause): void;
}

/** The driving end of an open port. */
export type V3xctrlEnd = Pick<DrivingEnd, "state" | "latency" | "drive">;

/** A vehicle that v3xctrl drives. */
export class V3xctrlVehicle implements DrivenVehicle {
  readonly #ports: V3xctrlPorts;
  readonly #repeating: Disposable;
  #end: V3xctrlEnd | undefined;
  #failsafe: FailsafeState = DISARMED;
  #wasConnected = false;
  #sent: DriveState | undefined;
  #report: { readonly readings: Readings; readonly at: Millis } | undefined;
  #seenAt: Millis | undefined;
  #portFault: VehicleView["port_fault"];

  constructor(ports: V3xctrlPorts) {
    this.#ports = ports;
    this.#repeating = every(ports.clock, HELD_REPEAT, () => this.#repeat());
  }

  get view(): RemoteView {
    const now = this.#now;
    this.#step({ type: "tick" });
    const { readings = {}, at = now } = this.#report ?? {};
    const aged = Object.entries(readings).map(([name, reading]) => [
      name,
      reading && { ...reading, age_ms: Math.round(now - at) },
    ]);
    const rtt = this.#end?.latency?.rtt;
    const { state } = this.#failsafe;
    return {
      link: this.#isConnected ? "connected" : this.#wasConnected ? "disconnected" : "waiting",
      ...(state === "failsafe" ? { state, cause: this.#failsafe.cause } : { state }),
      ...(this.#sent && { sent: this.#sent }),
      ...(rtt !== undefined && { rtt_ms: Math.max(0, Math.round(rtt * 10) / 10) }),
      ...(this.#portFault && { port_fault: this.#portFault }),
      ...(this.#seenAt !== undefined && { link_age_ms: Math.round(now - this.#seenAt) }),
      readings: Object.fromEntries(aged),
    };
  }

  /** What its end reports. */
  readonly events: DrivingEvents = {
    changed: (state) => {
      this.#ports.log.info("control channel", { state });
      if (state === "connected") this.#wasConnected = true;
      else this.lost();
      this.#seenAt = this.#now;
    },
    telemetry: (payload) => {
      this.#seenAt = this.#now;
      this.#report = { readings: readV3xctrl(payload), at: this.#now };
    },
    error: (code) => this.#ports.log.warn("the streamer reports an error", { code }),
  };

  /** Its port is open. */
  opened(end: V3xctrlEnd): void {
    this.#end = end;
  }

  /** The streamer is gone, or began anew: its driver has to arm again. */
  lost(): void {
    this.#sent = undefined;
    this.#step({ type: "lost", cause: "disconnected" });
  }

  takePaths(): undefined {}

  settle(): void {}

  listening(fault: VehicleView["port_fault"]): void {
    this.#portFault = fault;
  }

  drive(wish: DriveState): boolean {
    if (!this.#isConnected) return false;
    const isAtRest = Math.abs(wish.steering) <= REST && Math.abs(wish.throttle) <= REST;
    this.#step({ type: "control", age: 0, isAtRest });
    this.#send(this.#failsafe.state === "armed" ? wish : AT_REST);
    return true;
  }

  arm(answer: Answer): void {
    if (!this.#isConnected) return answer("vehicle.unreachable");
    this.#step({ type: "tick" });
    const refused = armRefusal(this.#failsafe, { now: this.#now, silence: SILENCE });
    if (refused) return answer(`arm.${refused}`);
    this.#step({ type: "arm" });
    answer("done");
  }

  stop(cause: StopCause, answer?: Answer): void {
    this.#step(cause === "disarm" ? { type: "disarm" } : { type: "lost", cause });
    this.#send(AT_REST);
    this.#sent = undefined;
    answer?.(this.#isConnected ? "done" : "vehicle.unreachable");
  }

  [Symbol.dispose](): void {
    this.#repeating[Symbol.dispose]();
    this.#send(AT_REST);
    this.#end = undefined;
  }

  get #now(): Millis {
    return this.#ports.clock.now();
  }

  get #isConnected(): boolean {
    return this.#end?.state === "connected";
  }

  #send(wish: DriveState): void {
    if (!this.#isConnected) return;
    this.#end!.drive(wish, this.#now);
    this.#sent = wish;
  }

  /** An armed vehicle gets what its driver's browser repeats, and nothing else. */
  #repeat(): void {
    this.#step({ type: "tick" });
    if (this.#failsafe.state === "armed" || !this.#isConnected) return;
    this.#end!.drive(AT_REST, this.#now);
  }

  #step(event: FailsafeEvent): void {
    const before = this.#failsafe;
    this.#failsafe = step(before, event, { now: this.#now, silence: SILENCE });
    if (this.#failsafe.state !== "failsafe" || before.state === "failsafe") return;
    this.#ports.log.warn("failsafe", { cause: this.#failsafe.cause });
    this.#ports.failsafe(this.#failsafe.cause);
    this.#send(AT_REST);
  }
}

/**
 * The vehicle at the other end of a room's control channel: passes wishes and commands on, and keeps what it reports.
 *
 * ```text
 *            stop                       acknowledged
 *  passing ────────▶ held, at rest ────────────────────▶ passing
 *     ▲                  ▲    │ not answered: sent again
 *     │                  └────┘
 *  a channel that connects begins held
 * ```
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import {
  agedPaths,
  readVehiclePaths,
  type VehiclePath,
} from "../../../protocol/control/vehicle_paths.ts";
import type { VehicleView } from "../../../protocol/control/vehicle.ts";
import type { LinkEvents } from "../../../protocol/datagram/link.ts";
import { ControlPaths } from "../../../protocol/driving/links/control_paths.ts";
import { DrivingEnd } from "../../../protocol/driving/driving_end.ts";
import type { ControlLink } from "../../../protocol/driving/ports.ts";
import { compactProfile } from "../../../protocol/driving/profile.ts";
import { keepAdvanced, type Timed } from "../../../protocol/driving/timed.ts";
import { VehicleTelemetry } from "../../../protocol/driving/vehicle_telemetry.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import type { Answer, Outcome } from "./answers.ts";
import { AT_REST } from "./driver.ts";
import type { DrivenVehicle, RemoteView, StopCause } from "./vehicle_port.ts";

/** The most wishes a second: a new one waits for 8 ms at most after one that was repeated. */
const CONTROL_RATE = 125;
/** The vehicle answers an `arm` within this time, in milliseconds. */
const ARM_LIMIT = 3_000;

interface Stopping {
  readonly cause: StopCause;
  /** Of the commands that are carried out by it. */
  answers: readonly Answer[];
  state: "due" | "sent";
}

interface Open {
  readonly end: DrivingEnd;
  readonly paths: ControlPaths;
  readonly timed: Timed;
}

/** A vehicle. Disposing makes it neutral, if it is connected. */
export class RemoteVehicle implements DrivenVehicle {
  readonly #ports: { readonly clock: Clock; readonly random: Random; readonly log: Log };
  #open: Open | undefined;
  #wasOpen = false;
  #telemetry: { readonly value: VehicleTelemetry; readonly at: Millis } | undefined;
  #paths: { readonly newest: readonly VehiclePath[]; readonly at: Millis } | undefined;
  #receivedAt: Millis | undefined;
  #portFault: VehicleView["port_fault"];
  #sent: DriveState | undefined;
  /** What the vehicle has to acknowledge before a wish is passed on. */
  #stopping: Stopping | undefined;
  #order = 0;
  readonly #arming = new Map<number, { readonly answer: Answer; readonly limit: Disposable }>();

  constructor(ports: { readonly clock: Clock; readonly random: Random; readonly log: Log }) {
    this.#ports = ports;
  }

  /** What is known of it now. */
  get view(): RemoteView {
    const now = this.#ports.clock.now();
    const { value, at } = this.#telemetry ?? { value: undefined, at: now };
    const rtt = this.#open?.end.latency?.rtt;
    const readings = Object.entries(value?.readings ?? {}).map(([name, reading]) => [
      name,
      reading && { ...reading, age_ms: Math.round(reading.age_ms + now - at) },
    ]);
    return {
      link: this.#open?.end.state ?? (this.#wasOpen ? "disconnected" : "waiting"),
      ...(value?.state === "failsafe"
        ? { state: "failsafe", cause: value.cause }
        : { state: value?.state ?? "disarmed" }),
      ...(this.#sent && { sent: this.#sent }),
      ...(value?.output && { confirmed: value.output }),
      ...(rtt !== undefined && { rtt_ms: Math.max(0, Math.round(rtt * 10) / 10) }),
      ...(this.#portFault && { port_fault: this.#portFault }),
      ...(this.#receivedAt !== undefined && { link_age_ms: Math.round(now - this.#receivedAt) }),
      readings: Object.fromEntries(readings),
    };
  }

  /** What the vehicle last reported of its paths, as old as it is now; once for each report. */
  takePaths(): VehiclePath[] | undefined {
    const paths = this.#paths;
    this.#paths = undefined;
    return paths && agedPaths(paths.newest, this.#ports.clock.now() - paths.at);
  }

  /** Passes a wish on; false while the vehicle is not connected, or has not acknowledged the loss of a driver. */
  drive(wish: DriveState): boolean {
    if (this.#stopping || this.#open?.end.state !== "connected") return false;
    this.#open.end.drive(wish, this.#ports.clock.now());
    this.#open.timed.touch();
    this.#sent = wish;
    return true;
  }

  /** Makes the vehicle neutral. Until it has acknowledged that, no wish is passed on. */
  stop(cause: StopCause, answer?: Answer): void {
    const before = this.#stopping;
    this.#sent = undefined;
    this.#undoArming();
    this.#stopping = {
      // A driver who was lost stays lost, whatever the next one commands meanwhile.
      cause: cause === "disarm" ? before?.cause ?? cause : cause,
      answers: [...before?.answers ?? [], ...(answer ? [answer] : [])],
      state: "due",
    };
    this.#open?.end.drive(AT_REST, this.#ports.clock.now());
    this.settle();
    if (this.#stopping.state === "due") this.#answerStop(this.#stopping, "vehicle.unreachable");
  }

  /** Tells the vehicle again what it did not answer. Call it a few times a second. */
  settle(): void {
    const stopping = this.#stopping;
    if (stopping?.state !== "due" || this.#open?.end.state !== "connected") return;
    const { cause } = stopping;
    const done = (isDone: boolean) => {
      if (this.#stopping !== stopping) return;
      if (isDone) this.#stopping = undefined;
      else stopping.state = "due";
      this.#answerStop(stopping, isDone ? "done" : "vehicle.unreachable");
    };
    stopping.state = "sent";
    const isTaken = cause === "disarm"
      ? this.#tell("disarm", {}, done)
      : this.#tell("lost", { cause }, done);
    if (!isTaken) stopping.state = "due";
  }

  /** Arms the vehicle, if its driver is at rest. The answer comes when the vehicle has reported. */
  arm(answer: Answer): void {
    const order = this.#order + 1;
    const limit = this.#ports.clock.after(
      ARM_LIMIT,
      () => this.#armed(order, "vehicle.unreachable"),
    );
    this.#arming.set(order, { answer, limit });
    const isTaken = this.#tell("arm", {}, (isDone) => {
      if (!isDone) this.#armed(order, "vehicle.unreachable");
    });
    if (!isTaken) this.#armed(order, "vehicle.unreachable");
  }

  /** The worker listens for the vehicle, or cannot. */
  listening(fault: VehicleView["port_fault"]): void {
    this.#portFault = fault;
  }

  /** A link to the vehicle was opened: its first one, or one over another path. */
  opened(link: ControlLink): LinkEvents {
    const { clock, log } = this.#ports;
    const open = this.#open ??= this.#begin();
    open.paths.add(link);
    return {
      batch: () => {},
      direct: (bytes) => {
        if (this.#open !== open || !open.paths.isFirst(bytes)) return;
        this.#receivedAt = clock.now();
        open.end.receive(bytes, clock.now());
        open.timed.touch();
        this.settle();
      },
      closed: (reason) => {
        open.paths.remove(link);
        open.end.pathEnded();
        log.info("a link to the vehicle ended", { reason, others: open.paths.size });
        if (this.#open === open && open.paths.size === 0) this.#close();
      },
    };
  }

  #begin(): Open {
    const { clock, random, log } = this.#ports;
    this.#wasOpen = true;
    this.#order = 0;
    const paths = new ControlPaths();
    const end = new DrivingEnd({
      profile: compactProfile,
      port: paths,
      random,
      options: { controlRate: CONTROL_RATE },
      events: {
        changed: (state) => {
          log.info("control channel", { state });
          if (state !== "connected") return this.#undoArming();
          // A driver never inherits what an earlier one left, also not over a connection that came back.
          this.#stopping ??= { cause: "worker_lost", answers: [], state: "due" };
        },
        telemetry: (readings) => {
          if ("paths" in readings) this.#reportPaths(readings);
          else this.#report(readings);
        },
        error: (code) => log.warn("the vehicle reports an error", { code }),
      },
    }, { epoch: clock.epoch(), now: clock.now() });
    return { end, paths, timed: keepAdvanced(clock, end) };
  }

  [Symbol.dispose](): void {
    this.#open?.end.drive(AT_REST, this.#ports.clock.now());
    this.#close();
  }

  #answerStop(stopping: Stopping, outcome: Outcome): void {
    const { answers } = stopping;
    stopping.answers = [];
    for (const answer of answers) answer(outcome);
  }

  #close(): void {
    this.#open?.timed[Symbol.dispose]();
    this.#open = undefined;
    this.#sent = undefined;
    this.#undoArming();
    if (!this.#stopping) return;
    this.#stopping.state = "due";
    this.#answerStop(this.#stopping, "vehicle.unreachable");
  }

  /** Sends a command; false when it is not taken. */
  #tell(command: string, parameters: object, ended: (isDone: boolean) => void): boolean {
    const order = ++this.#order;
    const isTaken = this.#open?.end.command({
      command,
      parameters: { ...parameters, order },
      ended: (result) => ended(result === "done"),
    }, this.#ports.clock.now());
    this.#open?.timed.touch();
    return isTaken ?? false;
  }

  #report(readings: unknown): void {
    const { data: value } = VehicleTelemetry.safeParse(readings);
    if (!value) return this.#ports.log.warn("the vehicle's report cannot be read");
    this.#telemetry = { value, at: this.#ports.clock.now() };
    const { answer } = value;
    if (!answer) return;
    this.#armed(answer.to, answer.refused ? `arm.${answer.refused}` : "done");
    for (const order of this.#arming.keys()) {
      if (order < answer.to) this.#armed(order, "arm.undone");
    }
  }

  #reportPaths(readings: Readonly<Record<string, unknown>>): void {
    const newest = readVehiclePaths(readings);
    if (newest) this.#paths = { newest, at: this.#ports.clock.now() };
    else this.#ports.log.warn("the vehicle's report of its paths cannot be read");
  }

  #armed(order: number, outcome: Outcome): void {
    const arming = this.#arming.get(order);
    this.#arming.delete(order);
    arming?.limit[Symbol.dispose]();
    arming?.answer(outcome);
  }

  #undoArming(): void {
    for (const order of this.#arming.keys()) this.#armed(order, "arm.undone");
  }
}

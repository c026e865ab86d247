/**
 * The agent's end of the guard: the actuators of a vehicle, held by a process of their own, so that they go neutral
 * also when the agent is killed. A guard that ends is started again, and its vehicle is in failsafe.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import type { Clock } from "../../../protocol/clock.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import { FAILSAFE_CAUSES, type FailsafeCause } from "../../../protocol/control/failsafe_causes.ts";
import type { Log } from "../../../protocol/log.ts";
import type { StartChild } from "../../../protocol/process/child.ts";
import type { Program } from "../../program.ts";
import type { Actuators, ActuatorsListener, ActuatorsState, Control } from "../ports.ts";
import type { FromGuard, ToGuard, VehicleConfig } from "./messages.ts";
import { guardPermissions } from "./permissions.ts";

/** A guard that ends again within this time is started after it, in milliseconds. */
const RESTART_DELAY = 1_000;
/** A guard that did not end this long after it was asked is killed, in milliseconds. */
const END_LIMIT = 1_000;
/** Control messages that may wait for the pipe; further ones are dropped. */
const MOST_WAITING = 8;
/** The task of the agent's program that is the guard. */
export const GUARD_TASK = "guard";

/** What a guard needs. */
export interface GuardOptions {
  readonly vehicle: VehicleConfig;
  readonly startChild: StartChild;
  readonly program: Program;
  /** The folder of process files, if there are some. */
  readonly processes?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: ActuatorsListener;
}

/** Starts a guard. Until it answers, the vehicle is disarmed. */
export function createGuard(options: GuardOptions): Actuators {
  return new GuardedActuators(options);
}

class GuardedActuators implements Actuators {
  readonly #options: GuardOptions;
  #state: ActuatorsState = { state: "disarmed" };
  #output: DriveState | undefined;
  #child: ChildProcess;
  #startedAt: number;
  #restart: Disposable | undefined;
  #waiting = 0;
  #life: "running" | "over" = "running";

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#child = this.#start();
  }

  get state(): ActuatorsState {
    return this.#state;
  }

  get output(): DriveState | undefined {
    return this.#output;
  }

  control(control: Control): void {
    if (this.#waiting >= MOST_WAITING || !this.#child.connected) return;
    this.#waiting++;
    this.#send({ type: "control", control }, () => this.#waiting--);
  }

  arm(): void {
    this.#send({ type: "arm" });
  }

  disarm(): void {
    this.#send({ type: "disarm" });
  }

  linkLost(cause: FailsafeCause): void {
    this.#send({ type: "lost", cause });
  }

  [Symbol.dispose](): void {
    if (this.#life === "over") return;
    this.#life = "over";
    this.#restart?.[Symbol.dispose]();
    this.#send({ type: "end" });
    const child = this.#child;
    const limit = this.#options.clock.after(END_LIMIT, () => child.kill("SIGKILL"));
    child.on("exit", () => limit[Symbol.dispose]());
  }

  #start(): ChildProcess {
    const { startChild, program, vehicle, processes, clock } = this.#options;
    this.#startedAt = clock.now();
    this.#waiting = 0;
    const child = startChild({
      entry: program.entry,
      args: [...program.arguments, GUARD_TASK],
      flags: guardPermissions(vehicle.actuator, processes),
    });
    let isOver = false;
    const end = (how: string) => {
      if (!isOver) this.#ended(how);
      isOver = true;
    };
    child.on("message", (message: FromGuard) => this.#receive(message));
    child.on("error", ({ message }) => end(`it could not be run: ${message}`));
    child.on("exit", (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    return child;
  }

  #receive(message: FromGuard): void {
    const { listener, log, vehicle } = this.#options;
    switch (message.type) {
      case "ready": {
        const cause = this.#state.state === "failsafe" ? this.#state.cause : undefined;
        return this.#send({ type: "start", vehicle, cause });
      }
      case "changed":
        return this.#change(message.state);
      case "output":
        this.#output = message.output;
        return;
      case "refused":
        return listener.refused(message.code);
      case "pulses":
        return log.info("pulses", { pulses: message.text });
    }
  }

  #ended(how: string): void {
    if (this.#life === "over") return;
    const { log, clock } = this.#options;
    this.#output = undefined;
    log.error("the guard of the actuator ended; it is started again", { how });
    if (this.#state.state === "armed") this.#change({ state: "failsafe", cause: "guard_lost" });
    const begin = () => void (this.#child = this.#start());
    if (clock.now() - this.#startedAt >= RESTART_DELAY) return begin();
    this.#restart = clock.after(RESTART_DELAY, begin);
  }

  #change(state: ActuatorsState): void {
    this.#state = state;
    const { log, listener } = this.#options;
    if (state.state === "failsafe") {
      log.warn("failsafe", { why: FAILSAFE_CAUSES[state.cause], ...state });
    }
    listener.changed(state);
  }

  #send(message: ToGuard, done = () => {}): void {
    const child = this.#child;
    if (!child.connected) return done();
    // The write happens later. Without the callback, a pipe that is broken by then is an uncaught error.
    child.send(message, undefined, undefined, () => child === this.#child && done());
  }
}

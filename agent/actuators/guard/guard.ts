/**
 * The agent's end of the guard: the actuators of a vehicle, held by a process of their own, so that they go neutral
 * also when the agent is killed. A second guard stands by: it takes the place of one that ends or hangs, because a
 * process takes longer to start than a wheel may stay turned. The vehicle is then in failsafe, and it is armed only
 * while a guard stands by.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import { FAILSAFE_CAUSES, type FailsafeCause } from "../../../protocol/control/failsafe_causes.ts";
import type { Log } from "../../../protocol/log.ts";
import type { StartChild } from "../../../protocol/process/child.ts";
import type { Program } from "../../program.ts";
import type { Actuators, ActuatorsListener, ActuatorsState, Control } from "../ports.ts";
import { beatPeriod, type GuardPhase, hangLimit } from "./liveness.ts";
import type { FromGuard, ToGuard, VehicleConfig } from "./messages.ts";
import { guardPermissions } from "./permissions.ts";

/** Between the starts of two guards that hold, or of two that stand by, in milliseconds. */
const RESTART_DELAY = 1_000;
/** A guard that was killed because it hung is given up after this time, in milliseconds. */
const KILL_LIMIT = 20;
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

/** A process that holds the actuator, or stands by. */
interface Guard {
  readonly child: ChildProcess;
  readonly since: Millis;
  phase: GuardPhase;
  /** Its newest sign of life; `undefined` once it was killed because it hung. */
  seenAt: number | undefined;
  /** Gives it up; a second call has no effect. */
  ended(how: string): void;
  /** Control messages that the pipe has not taken yet. */
  waiting: number;
}

class GuardedActuators implements Actuators {
  readonly #options: GuardOptions;
  #state: ActuatorsState = { state: "disarmed" };
  #output: DriveState | undefined;
  #guard: Guard;
  #standby: Guard | undefined;
  #restart: Disposable | undefined;
  #relief: Disposable | undefined;
  #standbyStartedAt = -Infinity;
  #lookedAt: Millis;
  readonly #looking: Disposable;
  #life: "running" | "over" = "running";

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#guard = this.#start();
    this.#lookedAt = options.clock.now();
    this.#looking = every(options.clock, this.#beat, () => this.#look());
  }

  get state(): ActuatorsState {
    return this.#state;
  }

  get output(): DriveState | undefined {
    return this.#output;
  }

  control(control: Control): void {
    const guard = this.#guard;
    if (guard.waiting >= MOST_WAITING || !guard.child.connected) return;
    guard.waiting++;
    send(guard, { type: "control", control }, () => guard.waiting--);
  }

  arm(): void {
    const isSafe = this.#standby !== undefined && this.#standby.phase !== "starting";
    if (!isSafe) return this.#options.listener.refused("no_standby");
    send(this.#guard, { type: "arm" });
  }

  disarm(): void {
    send(this.#guard, { type: "disarm" });
  }

  linkLost(cause: FailsafeCause): void {
    send(this.#guard, { type: "lost", cause });
  }

  [Symbol.dispose](): void {
    if (this.#life === "over") return;
    this.#life = "over";
    this.#looking[Symbol.dispose]();
    this.#restart?.[Symbol.dispose]();
    this.#relief?.[Symbol.dispose]();
    for (const guard of [this.#guard, this.#standby]) {
      if (!guard) continue;
      send(guard, { type: "end" });
      const limit = this.#options.clock.after(END_LIMIT, () => guard.child.kill("SIGKILL"));
      guard.child.on("exit", () => limit[Symbol.dispose]());
    }
  }

  #start(): Guard {
    const { startChild, program, vehicle, processes, clock } = this.#options;
    const child = startChild({
      entry: program.entry,
      args: [...program.arguments, GUARD_TASK],
      flags: guardPermissions(vehicle.actuator, processes),
    });
    let isOver = false;
    const guard: Guard = {
      child,
      since: clock.now(),
      phase: "starting",
      seenAt: clock.now(),
      waiting: 0,
      ended: (how) => {
        if (!isOver) this.#ended(guard, how);
        isOver = true;
      },
    };
    child.on("message", (message: FromGuard) => {
      if (!isOver) this.#receive(guard, message);
    });
    child.on("error", ({ message }) => guard.ended(`it could not be run: ${message}`));
    child.on(
      "exit",
      (code, signal) => guard.ended(signal ? `signal ${signal}` : `exit code ${code}`),
    );
    return guard;
  }

  get #beat(): number {
    return beatPeriod(this.#options.vehicle.silence);
  }

  /** Kills guards that hang. Time in which this process did not run does not count: what they said waits unread. */
  #look(): void {
    const { clock, log, vehicle: { silence } } = this.#options;
    const now = clock.now();
    const gap = now - this.#lookedAt;
    const missed = gap > 3 * this.#beat ? gap : 0;
    this.#lookedAt = now;
    for (const guard of [this.#guard, this.#standby]) {
      if (guard?.seenAt === undefined) continue;
      guard.seenAt = Math.min(now, guard.seenAt + missed);
      if (now - guard.seenAt < hangLimit(guard.phase, silence)) continue;
      guard.seenAt = undefined;
      log.error("a guard of the actuator hangs; it is killed", { pid: guard.child.pid });
      guard.child.kill("SIGKILL");
      // The end of a process that waits for its bus is reported late. It does nothing meanwhile.
      clock.after(KILL_LIMIT, () => guard.ended("it hung"));
    }
  }

  #receive(guard: Guard, message: FromGuard): void {
    const { listener, log, clock } = this.#options;
    if (guard.seenAt !== undefined) guard.seenAt = clock.now();
    if (message.type === "ready") guard.phase = "idle";
    if (guard !== this.#guard) return;
    switch (message.type) {
      case "alive":
        return;
      case "ready":
        return this.#begin(guard);
      case "changed":
        guard.phase = "holding";
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

  /** Gives a guard the actuator. */
  #begin(guard: Guard): void {
    const cause = this.#state.state === "failsafe" ? this.#state.cause : undefined;
    guard.seenAt = this.#options.clock.now();
    send(guard, { type: "start", vehicle: this.#options.vehicle, cause });
    this.#standBy();
  }

  /** Starts a guard that stands by: one that always fails is not started all the time. */
  #standBy(): void {
    this.#relief?.[Symbol.dispose]();
    const { clock } = this.#options;
    const delay = Math.max(0, this.#standbyStartedAt + RESTART_DELAY - clock.now());
    this.#relief = clock.after(delay, () => {
      this.#standbyStartedAt = clock.now();
      this.#standby ??= this.#start();
    });
  }

  #ended(guard: Guard, how: string): void {
    if (this.#life === "over") return;
    const { log, clock } = this.#options;
    if (guard === this.#standby) {
      log.warn("the guard that stood by ended; another one is started", { how });
      this.#standby = undefined;
      // Should this guard end too, nothing would write neutral in time.
      this.linkLost("guard_lost");
      return this.#standBy();
    }
    this.#output = undefined;
    log.error("the guard of the actuator ended; another one takes its place", { how });
    if (this.#state.state === "armed") this.#change({ state: "failsafe", cause: "guard_lost" });
    const next = this.#standby;
    this.#standby = undefined;
    if (next) {
      this.#guard = next;
      if (next.phase !== "starting") this.#begin(next);
      return;
    }
    this.#relief?.[Symbol.dispose]();
    const begin = () => void (this.#guard = this.#start());
    if (clock.now() - guard.since >= RESTART_DELAY) return begin();
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
}

function send({ child }: Guard, message: ToGuard, done = () => {}): void {
  if (!child.connected) return done();
  // The write happens later. Without the callback, a pipe that is broken by then is an uncaught error.
  child.send(message, undefined, undefined, done);
}

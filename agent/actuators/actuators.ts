/**
 * A vehicle's actuators in one process: judges control, keeps the failsafe, and writes the outputs of one bus.
 *
 * The outputs are written when control comes, and once a tick without it: receivers on serial lines have a failsafe of
 * their own and need repetitions. Neutral is written first and last.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { DriveState } from "../../protocol/control/control.ts";
import type { FailsafeCause } from "../../protocol/control/failsafe_causes.ts";
import {
  armRefusal,
  DISARMED,
  type FailsafeEvent,
  type FailsafeState,
  step,
} from "../../protocol/driving/failsafe.ts";
import { ageOf, type Arrivals, forgetQuickest } from "../../protocol/driving/freshness.ts";
import { Pace } from "../../protocol/driving/pace.ts";
import { errorText } from "../../protocol/error_text.ts";
import { readInput, type Wish } from "./inputs.ts";
import {
  approach,
  type OutputConfig,
  type Pulse,
  restWidth,
  valueFor,
  widthFor,
} from "./outputs.ts";
import type {
  Actuator,
  Actuators,
  ActuatorsListener,
  ActuatorsState,
  Control,
  OpenActuator,
} from "./ports.ts";

/** Between two writes without control, in milliseconds. */
export const TICK = 10;
/** Between two writes while control comes faster than that, in milliseconds; it waits, the newest alone. */
const LEAST_GAP = 4;
/** After this time a bus that failed is opened again, in milliseconds. */
export const REOPEN = 1_000;
/** An input counts as at rest up to here. */
const REST = 0.05;

/** What actuators need. */
export interface ActuatorsOptions {
  readonly outputs: readonly OutputConfig[];
  /** How long control may be missing, in milliseconds. */
  readonly silence: number;
  /** A failsafe to begin with, which an earlier process left. */
  readonly cause?: FailsafeCause | undefined;
  readonly clock: Clock;
  readonly open: OpenActuator;
  readonly listener: ActuatorsListener;
}

/** Opens the bus and writes neutral. A bus that cannot be opened is a failsafe, and is tried again. */
export function createActuators(options: ActuatorsOptions): Actuators {
  return new LocalActuators(options);
}

type Bus =
  | { readonly state: "open"; readonly actuator: Actuator }
  | { readonly state: "failed"; readonly error: string; readonly at: Millis };

class LocalActuators implements Actuators {
  readonly #options: ActuatorsOptions;
  #bus: Bus = { state: "failed", error: "it was not opened", at: -Infinity as Millis };
  #failsafe: FailsafeState = DISARMED;
  #reported = "";
  #arrivals: Arrivals | undefined;
  #targets: readonly number[];
  #widths: readonly number[];
  #writtenAt: Millis;
  readonly #pace = new Pace(LEAST_GAP);
  #timer: Disposable | undefined;
  #isOver = false;

  constructor(options: ActuatorsOptions) {
    this.#options = options;
    this.#targets = this.#widths = this.#rest;
    this.#writtenAt = options.clock.now();
    if (options.cause) {
      this.#failsafe = { state: "failsafe", cause: options.cause, since: this.#writtenAt };
    }
    this.#write();
    this.#report();
  }

  get state(): ActuatorsState {
    const { state } = this.#failsafe;
    if (state !== "failsafe") return { state };
    const error = this.#bus.state === "failed" ? this.#bus.error : undefined;
    return { state, cause: this.#failsafe.cause, ...(error !== undefined && { error }) };
  }

  get output(): DriveState {
    return { steering: this.#outputOf("steering"), throttle: this.#outputOf("throttle") };
  }

  control({ wish, sentAt }: Control): void {
    if (this.#isOver || !Number.isFinite(sentAt)) return;
    const values = readAll(this.#options.outputs, wish);
    if (!values) return;
    const now = this.#now;
    this.#step({ type: "tick" });
    if (this.#failsafe.state !== "armed") {
      this.#arrivals = forgetQuickest(this.#arrivals, { now, silence: this.#options.silence });
    }
    const { age, arrivals } = ageOf(this.#arrivals, { sentAt, now });
    this.#arrivals = arrivals;
    if (age !== "stuck") {
      this.#targets = this.#options.outputs.map((output, index) =>
        widthFor(output, values[index]!)
      );
    }
    this.#step({
      type: "control",
      age,
      isAtRest: values.every((value) => Math.abs(value) <= REST),
    });
    if (now >= this.#pace.next) this.#write();
    else this.#wait(this.#pace.next - now);
  }

  arm(): void {
    if (this.#isOver) return;
    const moment = { now: this.#now, silence: this.#options.silence };
    this.#step({ type: "tick" });
    const refusal = this.#failsafe.state === "armed"
      ? undefined
      : this.#bus.state === "failed"
      ? "actuator_failed"
      : armRefusal(this.#failsafe, moment);
    if (refusal) return this.#options.listener.refused(refusal);
    this.#step({ type: "arm" });
  }

  disarm(): void {
    if (this.#isOver) return;
    this.#step({ type: this.#bus.state === "failed" ? "tick" : "disarm" });
    this.#write();
  }

  linkLost(cause: FailsafeCause): void {
    if (this.#isOver) return;
    this.#arrivals = undefined;
    this.#step({ type: "lost", cause });
    this.#write();
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.[Symbol.dispose]();
    this.#failsafe = DISARMED;
    if (this.#bus.state !== "open") return;
    try {
      this.#bus.actuator.write(this.#pulses(this.#rest));
    } catch {
      // A bus that fails now was reported when it was written before, or ends with its process.
    }
    this.#bus.actuator[Symbol.dispose]();
  }

  /** 0 where no output follows the input. */
  #outputOf(input: keyof DriveState): number {
    const index = this.#options.outputs.findIndex((each) => each.input === input);
    const config = this.#options.outputs[index];
    return config ? valueFor(config, this.#widths[index]!) : 0;
  }

  get #now(): Millis {
    return this.#options.clock.now();
  }

  get #rest(): number[] {
    return this.#options.outputs.map(restWidth);
  }

  #step(event: FailsafeEvent): void {
    const moment = { now: this.#now, silence: this.#options.silence };
    const before = this.#failsafe;
    this.#failsafe = step(before, event, moment);
    if (this.#failsafe !== before) this.#report();
  }

  #report(): void {
    const text = JSON.stringify(this.state);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.listener.changed(this.state);
  }

  /** Writes what holds at this moment, and writes again a tick later. */
  #write(): void {
    const now = this.#now;
    this.#step({ type: "tick" });
    this.#widths = this.#failsafe.state === "armed"
      ? this.#options.outputs.map((output, index) =>
        approach(output, {
          from: this.#widths[index]!,
          to: this.#targets[index]!,
          elapsed: now - this.#writtenAt,
        })
      )
      : this.#rest;
    this.#writtenAt = now;
    this.#pace.done(now);
    if (this.#bus.state === "failed" && now - this.#bus.at >= REOPEN) this.#open();
    if (this.#bus.state === "open") {
      try {
        this.#bus.actuator.write(this.#pulses(this.#widths));
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#wait(TICK);
  }

  #wait(delay: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#options.clock.after(delay, () => this.#write());
  }

  #open(): void {
    try {
      const actuator = this.#options.open((error) => this.#fail(error));
      this.#bus = { state: "open", actuator };
    } catch (error) {
      this.#bus = { state: "failed", error: errorText(error), at: this.#now };
      this.#step({ type: "lost", cause: "actuator_failed" });
    }
    this.#report();
  }

  #fail(error: unknown): void {
    if (this.#isOver || this.#bus.state === "failed") return;
    const { actuator } = this.#bus;
    this.#bus = { state: "failed", error: errorText(error), at: this.#now };
    this.#step({ type: "lost", cause: "actuator_failed" });
    this.#widths = this.#rest;
    this.#report();
    actuator[Symbol.dispose]();
  }

  #pulses(widths: readonly number[]): Pulse[] {
    return this.#options.outputs.map(({ output }, index) => ({ output, width: widths[index]! }));
  }
}

/** The value of each output's input; `undefined` when one is no number in range. */
function readAll(outputs: readonly OutputConfig[], wish: Wish): readonly number[] | undefined {
  const values = outputs.map(({ input }) => readInput(wish, input));
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

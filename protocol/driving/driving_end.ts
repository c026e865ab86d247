/**
 * The driving end of a control channel (the viewer): it answers the handshake, sends the newest Control, repeats
 * commands and measures the latency. Without a socket and without a clock.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../clock.ts";
import { bestSample, type ClockSample, measure } from "../control/clock_sync.ts";
import { type ControlMessage, type DriveState, HELD_REPEAT } from "../control/control.ts";
import { isNeutral, type PadState } from "../control/pad.ts";
import { type Random, randomHex } from "../random.ts";
import { type CommandResult, PendingCommands } from "./commands.ts";
import type { ControlState } from "./machine.ts";
import { Pace } from "./pace.ts";
import type { ControlPort } from "./ports.ts";
import type { ControlProfile } from "./profile.ts";
import { type ControlFigures, ControlSession } from "./session.ts";
import { checkRange } from "./vehicle_end.ts";

/** Between two latency requests, in milliseconds. */
const LATENCY_PERIOD = 1_000;
/** Samples that are kept: those of three seconds. */
const SAMPLES = 3;
/** A Control that waits longer for room in the port is dropped, in milliseconds. */
export const CONTROL_TTL = 100;

/** How long a neutral wish is repeated: a driver at rest renews it twice a second. */
const NEUTRAL_REPEATS = 1_000;

/** The options of the driving end. */
export interface DrivingOptions {
  /** From the last message to `disconnected`, in milliseconds. */
  readonly silence: number;
  /** The most Control messages a second, 30 to 125. */
  readonly controlRate: number;
}

/** The defaults. */
export const DRIVING_DEFAULTS: DrivingOptions = { silence: 10_000, controlRate: 100 };

/** The events of the driving end. */
export interface DrivingEvents {
  changed(state: ControlState["state"]): void;
  telemetry(readings: Readonly<Record<string, unknown>>): void;
  error(code: string): void;
}

/** What the driving end needs. */
export interface DrivingPorts {
  readonly profile: ControlProfile;
  readonly port: ControlPort;
  readonly events: DrivingEvents;
  readonly random: Random;
  readonly options?: Partial<DrivingOptions>;
}

interface Wish {
  readonly state: DriveState | PadState;
  readonly since: Millis;
}

/** The driving end. */
export class DrivingEnd {
  readonly #events: DrivingEvents;
  readonly #options: DrivingOptions;
  readonly #session: ControlSession;
  readonly #commands: PendingCommands;
  readonly #pace: Pace;
  readonly #prefix: string;
  readonly #profile: ControlProfile;
  #now: Millis;
  #commandCount = 0;
  #wish: Wish | undefined;
  /** Whether the wish was not sent yet. */
  #isDue = false;
  #controlAt: number = -Infinity;
  #latencyAt: Millis;
  #asked: { readonly timestamp: number; readonly at: Millis } | undefined;
  #samples: readonly ClockSample[] = [];

  /** @throws {RangeError} when an option is out of its range. */
  constructor(
    { profile, port, events, random, options }: DrivingPorts,
    began: { readonly epoch: EpochMillis; readonly now: Millis },
  ) {
    this.#events = events;
    this.#options = { ...DRIVING_DEFAULTS, ...options };
    checkRange("silence", this.#options.silence, [150, 60_000]);
    checkRange("controlRate", this.#options.controlRate, [30, 125]);
    this.#pace = new Pace(1000 / this.#options.controlRate);
    this.#now = this.#latencyAt = began.now;
    this.#prefix = randomHex(random, 4);
    this.#profile = profile;
    this.#session = new ControlSession({
      profile,
      port,
      silence: this.#options.silence,
      handshake: ["Syn"],
      changed: (state) => {
        this.#samples = [];
        if (state !== "connected") this.#commands.clear();
        events.changed(state);
      },
    }, began);
    this.#commands = new PendingCommands((command) =>
      this.#session.send({ type: "Command", payload: command }, this.#now)
    );
  }

  /** Where the connection stands. */
  get state(): ControlState["state"] {
    return this.#session.state;
  }

  /** Counts. */
  get figures(): ControlFigures {
    return this.#session.figures;
  }

  /** Round trip, and the vehicle's clock minus this one's, of the quickest exchange of three seconds. */
  get latency(): ClockSample | undefined {
    return bestSample(this.#samples);
  }

  /** Sets the whole wish of the driver; the newest replaces all earlier ones. `undefined`: nobody drives. */
  drive(state: DriveState | PadState | undefined, now: Millis): void {
    this.#wish = state && { state, since: now };
    this.#isDue = state !== undefined;
    this.advance(now);
  }

  /**
   * Sends a command until the vehicle has carried it out; `ended` is called once. False when the vehicle is not
   * connected or too many commands wait.
   */
  command(
    { command, parameters = {}, ended }: {
      readonly command: string;
      readonly parameters?: Readonly<Record<string, unknown>>;
      ended(result: CommandResult): void;
    },
    now: Millis,
  ): boolean {
    if (this.#session.state !== "connected") return false;
    this.#now = now;
    const id = `${this.#prefix}-${this.#commandCount++}`;
    return this.#commands.add({ id, command, parameters: { ...parameters } }, ended, now);
  }

  /** Reports an error to the vehicle. */
  error(code: string, now: Millis): void {
    this.#session.send({ type: "Error", payload: { code } }, now);
  }

  /** Takes the bytes of a message. */
  receive(bytes: Uint8Array, now: Millis): void {
    const message = this.#session.receive(bytes, now);
    if (message) this.#handle(message, now);
  }

  /** One of the paths that carried messages ended: what a slower one carries is not late. */
  pathEnded(): void {
    this.#session.forgetQuickest();
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    this.#now = now;
    this.#session.advance(now);
    if (this.#session.state !== "connected") return;
    this.#sendControl(now);
    this.#commands.advance(now);
    if (now >= this.#latencyAt) {
      this.#latencyAt = (now + LATENCY_PERIOD) as Millis;
      this.#asked = { timestamp: this.#session.stamp(now), at: now };
      this.#session.send({ type: "Latency", payload: {} }, now);
    }
  }

  /** When `advance` is due; `undefined` while a handshake is waited for. */
  get deadline(): Millis | undefined {
    const { deadline } = this.#session;
    if (this.#session.state !== "connected") return deadline;
    const due = [deadline, this.#commands.deadline, this.#latencyAt, this.#nextControl];
    return Math.min(...due.map((at) => at ?? Infinity)) as Millis;
  }

  /**
   * When the wish is sent next. A neutral one is repeated, which replaces messages that were lost; any other is the
   * driver's to repeat, so that a vehicle does not drive on after its driver is gone.
   */
  get #nextControl(): number | undefined {
    if (!this.#wish) return undefined;
    if (this.#isDue) return this.#pace.next;
    const next = this.#controlAt + HELD_REPEAT;
    const isRepeated = isAtRest(this.#wish.state) && next < this.#wish.since + NEUTRAL_REPEATS;
    return isRepeated ? next : undefined;
  }

  #sendControl(now: Millis): void {
    const next = this.#nextControl;
    if (!this.#wish || next === undefined || now < next) return;
    const isFresh = !this.#isDue || now - this.#wish.since < CONTROL_TTL;
    const isSent = isFresh &&
      this.#session.send({ type: "Control", payload: this.#wish.state }, now);
    this.#controlAt = now;
    this.#pace.done(now);
    if (isSent || !isFresh) this.#isDue = false;
  }

  #handle(message: ControlMessage, now: Millis): void {
    switch (message.type) {
      case "Syn":
        this.#session.send({ type: "Ack", payload: {} }, now);
        return;
      case "Telemetry":
        return this.#events.telemetry(message.payload);
      case "CommandAck":
        return this.#commands.acknowledged(message.payload.id);
      case "Latency":
        if (message.payload.at === undefined) return this.#session.echo(message, now);
        return this.#measure(message.timestamp, message.payload.at, now);
      case "Error":
        return this.#events.error(message.payload.code);
    }
  }

  #measure(echoed: number, theirs: number, now: Millis): void {
    const asked = this.#asked;
    if (!asked) return;
    const { difference } = this.#profile;
    if (Math.abs(difference(echoed, asked.timestamp)) >= 1) return;
    this.#asked = undefined;
    const sample = measure(0, difference(theirs, echoed), now - asked.at);
    this.#samples = [...this.#samples, sample].slice(-SAMPLES);
  }
}

function isAtRest(state: DriveState | PadState): boolean {
  return "seq" in state ? isNeutral(state) : state.steering === 0 && state.throttle === 0;
}

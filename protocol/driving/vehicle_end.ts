/**
 * The vehicle's end of a control channel (the streamer): it begins the handshake, sends telemetry, takes the newest
 * Control, and reports when Control is missing. Without a socket and without a clock.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../clock.ts";
import type { ControlMessage, DriveState } from "../control/control.ts";
import type { PadState } from "../control/pad.ts";
import { type Command, REMEMBERED } from "./commands.ts";
import { type SenderTime, unwrap } from "./freshness.ts";
import { Known } from "./known.ts";
import type { ControlState } from "./machine.ts";
import type { ControlPort } from "./ports.ts";
import type { ControlProfile } from "./profile.ts";
import { type ControlFigures, ControlSession } from "./session.ts";

/** Between two Syns while not connected, in milliseconds. */
const SYN_PERIOD = 1_000;
/** The version that a Syn may name; the map profile's first one has none. */
export const CONTROL_VERSION = 1;

/** The options of the vehicle's end. */
export interface VehicleOptions {
  /** From the last message to `disconnected`, in milliseconds. */
  readonly silence: number;
  /** From the last Control to `controlLost`, in milliseconds; 150 at least. */
  readonly controlSilence: number;
  /** Telemetry messages a second, 1 to 10. */
  readonly telemetryRate: number;
  /** Whether a Syn names its version. */
  readonly namesVersion: boolean;
}

/** The defaults. */
export const VEHICLE_DEFAULTS: VehicleOptions = {
  silence: 5_000,
  controlSilence: 500,
  telemetryRate: 2,
  namesVersion: false,
};

/** Why no Control is there. */
export type ControlLoss = "silent" | "disconnected";

/** The events of the vehicle's end. */
export interface VehicleEvents {
  changed(state: ControlState["state"]): void;
  /** The newest wish of the driver. `sentAt`: milliseconds on the clock of the driving end, which do not wrap. */
  control(state: DriveState | PadState, sentAt: number): void;
  /** Control came, and comes no more. */
  controlLost(cause: ControlLoss): void;
  /** A command, each once. */
  command(command: Command): void;
  error(code: string): void;
}

/** What the vehicle's end needs. */
export interface VehiclePorts {
  readonly profile: ControlProfile;
  readonly port: ControlPort;
  readonly events: VehicleEvents;
  readonly options?: Partial<VehicleOptions>;
}

/** The vehicle's end. */
export class VehicleEnd {
  readonly #events: VehicleEvents;
  readonly #options: VehicleOptions;
  readonly #session: ControlSession;
  readonly #commands = new Known(REMEMBERED);
  #synAt: Millis;
  #controlAt: Millis | undefined;
  readonly #profile: ControlProfile;
  #theirs: SenderTime | undefined;
  #readings: Readonly<Record<string, unknown>> | undefined;
  #telemetryAt: number = -Infinity;

  /**
   * Sends nothing before the first `advance`.
   *
   * @throws {RangeError} when an option is out of its range.
   */
  constructor(
    { profile, port, events, options }: VehiclePorts,
    began: { readonly epoch: EpochMillis; readonly now: Millis },
  ) {
    this.#events = events;
    this.#options = { ...VEHICLE_DEFAULTS, ...options };
    checkRange("controlSilence", this.#options.controlSilence, [150, 60_000]);
    checkRange("silence", this.#options.silence, [150, 60_000]);
    checkRange("telemetryRate", this.#options.telemetryRate, [1, 10]);
    this.#synAt = began.now;
    this.#profile = profile;
    this.#session = new ControlSession({
      profile,
      port,
      silence: this.#options.silence,
      handshake: ["Ack", "SynAck"],
      changed: (state) => {
        if (state !== "connected") this.#lose("disconnected");
        // The driving end may have been started again, with another clock.
        this.#theirs = undefined;
        events.changed(state);
      },
    }, began);
  }

  /** Where the connection stands. */
  get state(): ControlState["state"] {
    return this.#session.state;
  }

  /** Counts. */
  get figures(): ControlFigures {
    return this.#session.figures;
  }

  /** The newest readings; they are sent at the telemetry rate, the newest alone. */
  telemetry(readings: Readonly<Record<string, unknown>>): void {
    this.#readings = readings;
  }

  /** Sends readings of another kind at once, beside the newest ones; their owner keeps them rare. */
  beside(readings: Readonly<Record<string, unknown>>, now: Millis): void {
    if (this.#session.state !== "connected") return;
    this.#session.send({ type: "Telemetry", payload: { ...readings } }, now);
  }

  /** Reports an error to the driver. */
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
    this.#session.advance(now);
    if (this.#controlAt !== undefined && now - this.#controlAt >= this.#options.controlSilence) {
      this.#lose("silent");
    }
    if (this.#session.state !== "connected") return this.#syn(now);
    if (this.#readings && now >= this.#nextTelemetry) {
      this.#session.send({ type: "Telemetry", payload: { ...this.#readings } }, now);
      this.#telemetryAt = now;
      this.#readings = undefined;
    }
  }

  /** When `advance` is due. */
  get deadline(): Millis {
    const isConnected = this.#session.state === "connected";
    const due = [
      this.#session.deadline,
      isConnected ? undefined : this.#synAt,
      isConnected && this.#readings ? this.#nextTelemetry : undefined,
      this.#controlAt && this.#controlAt + this.#options.controlSilence,
    ];
    return Math.min(...due.map((at) => at ?? Infinity)) as Millis;
  }

  get #nextTelemetry(): number {
    return this.#telemetryAt + 1000 / this.#options.telemetryRate;
  }

  #syn(now: Millis): void {
    if (now < this.#synAt) return;
    this.#synAt = (now + SYN_PERIOD) as Millis;
    const payload = this.#options.namesVersion ? { version: CONTROL_VERSION } : {};
    this.#session.send({ type: "Syn", payload }, now);
  }

  #handle(message: ControlMessage, now: Millis): void {
    switch (message.type) {
      case "Control":
        this.#controlAt = now;
        this.#theirs = unwrap(this.#theirs, message.timestamp, this.#profile);
        return this.#events.control(message.payload, this.#theirs.ms);
      case "Command":
        if (this.#commands.add(message.payload.id)) this.#events.command(message.payload);
        this.#session.send({ type: "CommandAck", payload: { id: message.payload.id } }, now);
        return;
      case "Latency":
        return message.payload.at === undefined ? this.#session.echo(message, now) : undefined;
      case "Error":
        return this.#events.error(message.payload.code);
    }
  }

  #lose(cause: ControlLoss): void {
    if (this.#controlAt === undefined) return;
    this.#controlAt = undefined;
    this.#events.controlLost(cause);
  }
}

/** Throws a RangeError when an option is out of its range. */
export function checkRange(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (value >= least && value <= most) return;
  throw new RangeError(
    `Cannot open a control channel with ${name} ${value}: give a number from ${least} to ${most}`,
  );
}

/**
 * Both ends of a control channel in virtual time, over a path that can lose and delay messages.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../../../protocol/clock.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import type { Command } from "../../../protocol/driving/commands.ts";
import { DrivingEnd, type DrivingOptions } from "../../../protocol/driving/driving_end.ts";
import { compactProfile, type ControlProfile } from "../../../protocol/driving/profile.ts";
import { VehicleEnd, type VehicleOptions } from "../../../protocol/driving/vehicle_end.ts";
import { SeededRandom } from "../../fakes/random.ts";

type Name = "vehicle" | "driver";

/** A message on its way. */
interface Passing {
  readonly at: Millis;
  readonly to: Name;
  readonly bytes: Uint8Array;
}

/** Both ends, and what they did. */
export class ControlPair {
  now = 0 as Millis;
  /** Share of lost messages; 1 cuts the path. */
  loss = 0;
  /** Milliseconds one way. */
  delay = 10;
  /** Whether ports take messages. */
  hasRoom = true;
  readonly vehicle: VehicleEnd;
  readonly driver: DrivingEnd;
  /** Every message that was sent, as the other end reads it. */
  readonly sent: { readonly from: Name; readonly at: Millis; readonly message: ControlMessage }[] =
    [];
  readonly states: Record<Name, string[]> = { vehicle: [], driver: [] };
  readonly controls: unknown[] = [];
  readonly losses: string[] = [];
  readonly commands: Command[] = [];
  readonly telemetry: unknown[] = [];
  readonly errors: string[] = [];
  readonly #profile: ControlProfile;
  readonly #random = new SeededRandom(11);
  #passing: Passing[] = [];

  constructor({ profile = compactProfile, vehicle, driver, vehicleEpoch = 1_700_000_000_000 }: {
    profile?: ControlProfile;
    vehicle?: Partial<VehicleOptions>;
    driver?: Partial<DrivingOptions>;
    vehicleEpoch?: number;
  } = {}) {
    this.#profile = profile;
    this.vehicle = new VehicleEnd({
      profile,
      port: this.#port("vehicle"),
      ...(vehicle ? { options: vehicle } : {}),
      events: {
        changed: (state) => void this.states.vehicle.push(state),
        control: (state) => void this.controls.push(state),
        controlLost: (cause) => void this.losses.push(cause),
        command: (command) => void this.commands.push(command),
        error: (code) => void this.errors.push(code),
      },
    }, { epoch: vehicleEpoch as EpochMillis, now: this.now });
    this.driver = new DrivingEnd({
      profile,
      port: this.#port("driver"),
      random: new SeededRandom(12),
      ...(driver ? { options: driver } : {}),
      events: {
        changed: (state) => void this.states.driver.push(state),
        telemetry: (readings) => void this.telemetry.push(readings),
        error: (code) => void this.errors.push(code),
      },
    }, { epoch: 1_700_000_000_000 as EpochMillis, now: this.now });
  }

  /** Lets time pass; `each` runs at every whole millisecond. */
  run(milliseconds: number, each: (now: Millis) => void = () => {}): this {
    for (let n = 0; n < milliseconds; n++) {
      each(this.now);
      const due = this.#passing.filter(({ at }) => at <= this.now);
      this.#passing = this.#passing.filter(({ at }) => at > this.now);
      for (const { to, bytes } of due) this[to].receive(bytes, this.now);
      if (this.vehicle.deadline <= this.now) this.vehicle.advance(this.now);
      if ((this.driver.deadline ?? Infinity) <= this.now) this.driver.advance(this.now);
      this.now = (this.now + 1) as Millis;
    }
    return this;
  }

  /** Puts bytes before an end, as if they had come from the path. */
  inject(to: Name, bytes: Uint8Array): void {
    this[to].receive(bytes, this.now);
  }

  /** Messages of a type from one end. */
  sentBy(from: Name, type: ControlMessage["type"]) {
    return this.sent.filter((each) => each.from === from && each.message.type === type);
  }

  #port(from: Name) {
    const to = from === "vehicle" ? "driver" : "vehicle";
    return {
      send: (bytes: Uint8Array) => {
        if (!this.hasRoom) return false;
        const message = this.#profile.codec.decode(bytes);
        if (!message) throw new Error("an end wrote what nobody can read");
        this.sent.push({ from, at: this.now, message });
        if (this.#random.unit() >= this.loss) {
          this.#passing.push({ at: (this.now + this.delay) as Millis, to, bytes });
        }
        return true;
      },
    };
  }
}

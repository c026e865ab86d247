/**
 * The part of a media connection that is about a vehicle: the newest view of it, and the driver's commands, of which
 * each is answered in turn.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import {
  type CommandError,
  readCommandError,
  readVehicleView,
  SEAT_REFUSED,
  SeatRefused,
  type VehicleCommand,
  type VehicleView,
} from "../../../protocol/control/vehicle.ts";
import { readVehiclePaths, type VehiclePath } from "../../../protocol/control/vehicle_paths.ts";

/** A view of the vehicle, and when it arrived. */
export interface SeenVehicle {
  readonly view: VehicleView;
  readonly at: Millis;
}

/** The paths of the vehicle, and when they arrived. */
export interface SeenPaths {
  readonly paths: readonly VehiclePath[];
  readonly at: Millis;
}

/** The answer to a command: carried out, refused with a code, or none in time. */
export type CommandAnswer =
  | { readonly done: true }
  | { readonly done: false; readonly code: CommandError | undefined };

/** How long an answer may take, in milliseconds: the worker gives up after 2 s, and the way may be long. */
export const ANSWER_LIMIT = 4_000;
/** Commands that may wait for their answer; a further one is refused. */
const MOST_WAITING = 16;

const UNANSWERED: CommandAnswer = { done: false, code: undefined };

interface VehicleLaneOptions {
  readonly clock: Clock;
  /** Sends on the channel `commands`; false when there is no room. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

interface Waiting {
  readonly id: string;
  /** The first answer counts. */
  answer(answer: CommandAnswer): void;
}

/** The view of a vehicle and the commands to it. Disposing it answers what waits. */
export class VehicleLane implements Disposable {
  /** The network paths of the vehicle, and when they arrived; `undefined` before the first message about them. */
  readonly paths = signal<SeenPaths | undefined>(undefined);
  /** `undefined` before the first view. */
  readonly newest = signal<SeenVehicle | undefined>(undefined);
  /** The driver refused this page's request for the control seat: how long to wait, in milliseconds. */
  readonly refused = signal<{ readonly wait: number } | undefined>(undefined);
  readonly #clock: Clock;
  readonly #send: VehicleLaneOptions["send"];
  #waiting: Waiting[] = [];
  #count = 0;

  constructor({ clock, send }: VehicleLaneOptions) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Takes the payload of a `Telemetry`; false when it is not about a vehicle. */
  see(payload: Readonly<Record<string, unknown>>): boolean {
    if ("paths" in payload) {
      const paths = readVehiclePaths(payload);
      if (paths) this.paths.value = { paths, at: this.#clock.now() };
      return true;
    }
    if (!("vehicle" in payload)) return false;
    const view = readVehicleView(payload);
    if (view) this.newest.value = { view, at: this.#clock.now() };
    return true;
  }

  /**
   * Takes a message of the channel `commands`. Answers come in the order of the commands, and an `Error` has no id: so
   * a command whose time is over still waits for the answer that is its own.
   */
  receive(message: ControlMessage): void {
    if (message.type === "Error") {
      this.#waiting.shift()?.answer({ done: false, code: readCommandError(message.payload.code) });
    } else if (message.type === "Command" && message.payload.command === SEAT_REFUSED) {
      const { data } = SeatRefused.safeParse(message.payload.parameters);
      if (data) this.refused.value = { wait: data.wait_ms };
    } else if (message.type === "CommandAck") {
      const at = this.#waiting.findIndex(({ id }) => id === message.payload.id);
      const answered = this.#waiting.splice(0, at + 1);
      answered.pop()?.answer({ done: true });
      for (const each of answered) each.answer(UNANSWERED);
    }
  }

  /** Sends a command and resolves to its answer; never rejects. */
  command(command: VehicleCommand): Promise<CommandAnswer> {
    this.#count += 1;
    const id = String(this.#count);
    const bytes = compactCodec.encode({
      type: "Command",
      timestamp: this.#clock.now() / 1000,
      payload: { id, command, parameters: {} },
    });
    const isFull = this.#waiting.length >= MOST_WAITING;
    if (isFull || !this.#send(bytes)) return Promise.resolve(UNANSWERED);
    const { promise, resolve } = Promise.withResolvers<CommandAnswer>();
    const limit = this.#clock.after(ANSWER_LIMIT, () => resolve(UNANSWERED));
    this.#waiting.push({
      id,
      answer: (answer) => {
        limit[Symbol.dispose]();
        resolve(answer);
      },
    });
    return promise;
  }

  [Symbol.dispose](): void {
    for (const each of this.#waiting.splice(0)) each.answer(UNANSWERED);
  }
}

/**
 * Turns the motors of this person's gamepads, each of its own seat, or vibrates the phone, as the room says. Each level
 * ends by itself, so no motor turns on after the connection, the page or the room have gone.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { type Motors, turns } from "../../../protocol/rumble/motors.ts";
import { RUMBLE_LASTS, type RumbleMessage } from "../../../protocol/rumble/rumble.ts";

/** Levels that come faster than this are left out, in milliseconds. */
export const LEAST_TIME = 30;

/** What can be felt by who plays a seat. */
export interface RumbleOutput {
  /** Turns the motors of a seat for so many milliseconds, in place of what they did. */
  play(seat: number, motors: Motors, lasts: number): void;
  stop(seat: number): void;
}

interface RumblePorts {
  readonly clock: Clock;
  readonly output: RumbleOutput;
  /** The levels of the present connection; `undefined`: there is none. */
  readonly media: ReadonlySignal<
    { readonly rumble: ReadonlySignal<RumbleMessage | undefined> } | undefined
  >;
  /** Whether the person wants it. */
  readonly wanted: ReadonlySignal<boolean>;
}

/** Follows the levels of a room. Disposing it stops the motors. */
export class RumblePlayer implements Disposable {
  readonly #ports: RumblePorts;
  readonly #following: () => void;
  /** The seats that this person holds: when the newest level of each was made and played, and whether its motors turn. */
  readonly #seats = new Map<number, { at: number; playedAt: Millis; turns: boolean }>();
  #isHidden = false;

  constructor(ports: RumblePorts) {
    this.#ports = ports;
    this.#following = effect(() => {
      const message = ports.media.value?.rumble.value;
      // The next connection has a clock of its own.
      if (!message || !ports.wanted.value) this.#stopAll();
      if (!message) this.#seats.clear();
      else if (ports.wanted.value) this.#take(message);
    });
  }

  /** A hidden page turns no motor. */
  setHidden(hidden: boolean): void {
    this.#isHidden = hidden;
    if (hidden) this.#stopAll();
  }

  [Symbol.dispose](): void {
    this.#following();
    this.#stopAll();
  }

  #take({ seat, at, strong, weak }: RumbleMessage): void {
    const { output, clock } = this.#ports;
    const before = this.#seats.get(seat);
    // The channel is unordered: what was overtaken is dropped.
    if (before && (at - before.at | 0) <= 0) return;
    const motors = { strong, weak };
    const state = before ?? { at, playedAt: -Infinity as Millis, turns: false };
    state.at = at;
    this.#seats.set(seat, state);
    if (this.#isHidden || !turns(motors)) {
      if (state.turns) output.stop(seat);
      state.turns = false;
      return;
    }
    const now = clock.now();
    if (now - state.playedAt < LEAST_TIME) return;
    state.playedAt = now;
    state.turns = true;
    output.play(seat, motors, RUMBLE_LASTS);
  }

  #stopAll(): void {
    for (const [seat, state] of this.#seats) {
      if (state.turns) this.#ports.output.stop(seat);
      state.turns = false;
    }
  }
}

/** The pulses by which a phone, whose motor has one strength, vibrates as strongly as this; in milliseconds. */
export function pulses({ strong, weak }: Motors, lasts: number): readonly number[] {
  const strength = Math.max(strong, weak) / 255;
  if (strength >= 0.75) return [lasts];
  const on = Math.max(10, Math.round(60 * strength));
  return Array.from({ length: Math.floor(lasts / 60) }, () => [on, 60 - on]).flat();
}

/**
 * Turns the motors of this person's gamepads, or vibrates the phone, as the room says. Each level ends by itself, so no
 * motor turns on after the connection, the page or the room have gone.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { type Motors, turns } from "../../../protocol/rumble/motors.ts";
import { RUMBLE_LASTS, type RumbleMessage } from "../../../protocol/rumble/rumble.ts";

/** Levels that come faster than this are left out, in milliseconds. */
export const LEAST_TIME = 30;

/** What can be felt. */
export interface RumbleOutput {
  /** Turns the motors for so many milliseconds, in place of what they did. */
  play(motors: Motors, lasts: number): void;
  stop(): void;
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
  /** The newest level of each seat that this person holds. */
  readonly #levels = new Map<number, RumbleMessage & { readonly receivedAt: Millis }>();
  #playedAt = -Infinity as Millis;
  #turns = false;
  #isHidden = false;

  constructor(ports: RumblePorts) {
    this.#ports = ports;
    this.#following = effect(() => {
      const message = ports.media.value?.rumble.value;
      // The next connection has a clock of its own.
      if (!message) this.#levels.clear();
      if (message && ports.wanted.value) this.#take(message);
      else this.#stop();
    });
  }

  /** A hidden page turns no motor. */
  setHidden(hidden: boolean): void {
    this.#isHidden = hidden;
    if (hidden) this.#stop();
  }

  [Symbol.dispose](): void {
    this.#following();
    this.#stop();
  }

  #take(message: RumbleMessage): void {
    const before = this.#levels.get(message.seat);
    // The channel is unordered: what was overtaken is dropped.
    if (before && (message.at - before.at | 0) <= 0) return;
    const now = this.#ports.clock.now();
    this.#levels.set(message.seat, { ...message, receivedAt: now });
    const levels = [...this.#levels.values()]
      .filter(({ receivedAt }) => now - receivedAt < RUMBLE_LASTS);
    const motors = {
      strong: Math.max(...levels.map(({ strong }) => strong)),
      weak: Math.max(...levels.map(({ weak }) => weak)),
    };
    if (this.#isHidden || !turns(motors)) return this.#stop();
    if (now - this.#playedAt < LEAST_TIME) return;
    this.#playedAt = now;
    this.#turns = true;
    this.#ports.output.play(motors, RUMBLE_LASTS);
  }

  #stop(): void {
    if (!this.#turns) return;
    this.#turns = false;
    this.#ports.output.stop();
  }
}

/** The pulses by which a phone, whose motor has one strength, vibrates as strongly as this; in milliseconds. */
export function pulses({ strong, weak }: Motors, lasts: number): readonly number[] {
  const strength = Math.max(strong, weak) / 255;
  if (strength >= 0.75) return [lasts];
  const on = Math.max(10, Math.round(60 * strength));
  return Array.from({ length: Math.floor(lasts / 60) }, () => [on, 60 - on]).flat();
}

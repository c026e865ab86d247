/**
 * Takes what a core says of the motors of gamepads (libretro.h, RETRO_RUMBLE_…).
 *
 * @module
 */
import { type Motors, STILL } from "../../../protocol/rumble/motors.ts";
import { MAX_USERS } from "./environment.ts";

const STRONG = 0;
const WEAK = 1;

/** The motors of one core's pads. */
export class Rumble {
  #motors: readonly Motors[] = Array(MAX_USERS).fill(STILL);

  /** By port. It is the same object until a value changes. */
  get motors(): readonly Motors[] {
    return this.#motors;
  }

  /** Sets one motor; `strength` 0 … 0xffff. False for a pad or a motor that does not exist. */
  set(port: number, effect: number, strength: number): boolean {
    const before = this.#motors[port];
    if (!before || (effect !== STRONG && effect !== WEAK)) return false;
    // What turns at all is not rounded to a standstill.
    const level = Math.ceil(strength / 257);
    const motors = effect === STRONG ? { ...before, strong: level } : { ...before, weak: level };
    if (motors.strong !== before.strong || motors.weak !== before.weak) {
      this.#motors = this.#motors.with(port, motors);
    }
    return true;
  }

  /** All motors stand still: the core is somewhere else than where it set them. */
  clear(): void {
    this.#motors = Array(MAX_USERS).fill(STILL);
  }
}

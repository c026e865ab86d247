/**
 * The motors that this browser reaches: those of gamepads, or the phone's own where there is none.
 *
 * @module
 */
import { pluggedIn } from "../input/gamepad.ts";
import { pulses, type RumbleOutput } from "./rumble.ts";

/** The part of the browser that turns motors. */
export interface MotorPlatform {
  getGamepads?(): readonly (Gamepad | null)[];
  vibrate?(pattern: number | number[]): boolean;
}

/** Which gamepad plays which seat. */
export interface SeatsOfGamepads {
  /** Whether the gamepad of this number plays the seat. */
  plays(index: number, seat: number): boolean;
  /** Whether the seat is one for a further gamepad. */
  isFurther(seat: number): boolean;
}

/**
 * Turns the gamepads that play the seat and have motors; for the person's first seat the phone where none has, and its
 * main pointer is a finger.
 */
export function motorsOf(
  platform: MotorPlatform,
  isTouch: () => boolean,
  seats: SeatsOfGamepads,
): RumbleOutput {
  // Refused by a browser, or by a gamepad that was unplugged meanwhile: there is nothing to feel then.
  const ignore = () => {};
  const actuators = (seat: number) =>
    pluggedIn(platform.getGamepads?.() ?? []).flatMap(({ index, vibrationActuator }) =>
      vibrationActuator && seats.plays(index, seat) ? [vibrationActuator] : []
    );
  const isOfPhone = (seat: number) => isTouch() && !seats.isFurther(seat);
  return {
    play(seat, motors, lasts) {
      const found = actuators(seat);
      for (const actuator of found) {
        actuator.playEffect("dual-rumble", {
          duration: lasts,
          strongMagnitude: motors.strong / 255,
          weakMagnitude: motors.weak / 255,
        }).catch(ignore);
      }
      if (found.length === 0 && isOfPhone(seat)) platform.vibrate?.([...pulses(motors, lasts)]);
    },
    stop(seat) {
      for (const actuator of actuators(seat)) actuator.reset().catch(ignore);
      if (isOfPhone(seat)) platform.vibrate?.(0);
    },
  };
}

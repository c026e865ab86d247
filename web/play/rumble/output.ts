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

/** Turns all gamepads that have motors; the phone where none has, and its main pointer is a finger. */
export function motorsOf(platform: MotorPlatform, isTouch: () => boolean): RumbleOutput {
  // Refused by a browser, or by a gamepad that was unplugged meanwhile: there is nothing to feel then.
  const ignore = () => {};
  const actuators = () =>
    pluggedIn(platform.getGamepads?.() ?? []).flatMap(({ vibrationActuator }) =>
      vibrationActuator ? [vibrationActuator] : []
    );
  return {
    play(motors, lasts) {
      const found = actuators();
      for (const actuator of found) {
        actuator.playEffect("dual-rumble", {
          duration: lasts,
          strongMagnitude: motors.strong / 255,
          weakMagnitude: motors.weak / 255,
        }).catch(ignore);
      }
      if (found.length === 0 && isTouch()) platform.vibrate?.([...pulses(motors, lasts)]);
    },
    stop() {
      for (const actuator of actuators()) actuator.reset().catch(ignore);
      if (isTouch()) platform.vibrate?.(0);
    },
  };
}

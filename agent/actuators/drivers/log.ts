/**
 * An actuator that moves nothing: it logs pulses that changed by 1 µs or more.
 *
 * @module
 */
import type { Actuator } from "../ports.ts";

/** Receives the pulses as text, such as `0: 1500 µs, 1: 1620 µs`. */
export type LogPulses = (text: string) => void;

/** Logs pulses. */
export function openLogActuator(log: LogPulses): Actuator {
  let last = "";
  return {
    write(pulses) {
      const text = pulses.map(({ output, width }) => `${output}: ${Math.round(width)} µs`).join(
        ", ",
      );
      if (text !== last) log(text);
      last = text;
    },
    [Symbol.dispose]() {},
  };
}

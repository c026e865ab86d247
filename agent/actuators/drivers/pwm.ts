/**
 * Pulses of the machine's own PWM controller (Linux, `/sys/class/pwm/pwmchipN`), 50 a second. An output is a channel of
 * the controller. After the end the last pulses go on, which are neutral: a speed controller without any would beep or
 * forget that it was armed.
 *
 * @module
 */
import type { Pulse } from "../outputs.ts";
import type { Actuator } from "../ports.ts";

/** From one pulse to the next, in nanoseconds. */
const PERIOD = 20_000_000;

/** Writes a text to a file of the kernel. Throws with a sentence. */
export type WriteText = (path: string, text: string) => void;

/** An actuator of a PWM controller; `chip`: its folder. */
export function openPwm(write: WriteText, chip: string): Actuator {
  const running = new Set<number>();

  function start({ output, width }: Pulse): void {
    const folder = `${chip}/pwm${output}`;
    try {
      write(`${chip}/export`, `${output}`);
    } catch {
      // It is exported already, or the next line throws.
    }
    write(`${folder}/period`, `${PERIOD}`);
    set({ output, width });
    write(`${folder}/enable`, "1");
    running.add(output);
  }

  function set({ output, width }: Pulse): void {
    write(`${chip}/pwm${output}/duty_cycle`, `${Math.round(width * 1000)}`);
  }

  return {
    write(pulses) {
      for (const pulse of pulses) {
        if (running.has(pulse.output)) set(pulse);
        else start(pulse);
      }
    },
    [Symbol.dispose]() {},
  };
}

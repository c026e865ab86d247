/**
 * The chip PCA9685 with 16 outputs on an I²C bus, 50 pulses a second. It goes on with its last pulses by itself.
 *
 * @module
 */
import type { Pulse } from "../outputs.ts";
import type { Actuator } from "../ports.ts";
import type { Device } from "./device.ts";

/** `I2C_SLAVE`: the chip that the bus writes to. */
const CHOOSE_CHIP = 0x0703;
const MODE = 0x00;
const FIRST_OUTPUT = 0x06;
const PRESCALE = 0xfe;
/** Bits of the mode: the clock stands; registers are written in a row. */
const ASLEEP = 0x10;
const IN_A_ROW = 0x20;
/** Of the chip's own clock, in Hz, and steps of one period. */
const CLOCK = 25_000_000;
const STEPS = 4096;
const RATE = 50;
const DIVISOR = Math.round(CLOCK / (STEPS * RATE));
/** One step, in microseconds. */
const STEP = DIVISOR * 1_000_000 / CLOCK;

/**
 * An actuator of a chip on an open bus. Its clock begins with the first pulses, so that no older ones are sent.
 *
 * @throws {Error} when the chip does not answer
 */
export function openPca9685(bus: Device, address: number): Actuator {
  let state: "asleep" | "awake" = "asleep";
  try {
    bus.request(CHOOSE_CHIP, address);
    bus.write(new Uint8Array([MODE, ASLEEP | IN_A_ROW]));
    bus.write(new Uint8Array([PRESCALE, DIVISOR - 1]));
  } catch (error) {
    bus[Symbol.dispose]();
    throw error;
  }
  return {
    write(pulses) {
      for (const pulse of pulses) bus.write(registersOf(pulse));
      if (state === "awake") return;
      bus.write(new Uint8Array([MODE, IN_A_ROW]));
      state = "awake";
    },
    [Symbol.dispose]: () => bus[Symbol.dispose](),
  };
}

/** A pulse begins with the period and ends after its width. */
function registersOf({ output, width }: Pulse): Uint8Array<ArrayBuffer> {
  const end = Math.round(width / STEP);
  return new Uint8Array([FIRST_OUTPUT + 4 * output, 0, 0, end & 0xff, end >> 8]);
}

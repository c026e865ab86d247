/**
 * The settings of a vehicle as texts: which actuator, and its outputs.
 *
 * ```text
 * actuator           pca9685:/dev/i2c-1
 * actuator_outputs   steering 0 expo=20, throttle 1 min=1200 max=1800 rate=4000
 * ```
 *
 * @module
 */
import type { ValueOrFault } from "../../protocol/settings/values.ts";
import { type Input, INPUTS } from "./inputs.ts";
import { findFault, OUTPUT_DEFAULTS, type OutputConfig } from "./outputs.ts";

/** Which actuator moves the vehicle. */
export type ActuatorConfig =
  | { readonly kind: "log" }
  /** Datagrams to a program on this machine. */
  | { readonly kind: "udp"; readonly port: number }
  | { readonly kind: "pwm" | "crsf" | "sbus"; readonly path: string }
  | { readonly kind: "pca9685"; readonly path: string; readonly address: number }
  /** `speed`: bits a second. */
  | { readonly kind: "mavlink"; readonly path: string; readonly speed: number };

/** The usual address of the chip on its bus. */
const PCA9685_ADDRESS = 0x40;
/** The usual speed of a flight controller's line for companion computers, in bits a second. */
const MAVLINK_SPEED = 921_600;

const FAULT =
  "it must be log, udp:PORT, pwm:CHIP, pca9685:DEVICE, mavlink:DEVICE, crsf:DEVICE or sbus:DEVICE, " +
  "such as pca9685:/dev/i2c-1@0x41 or mavlink:/dev/ttyS0@57600";

/** Reads the setting of the actuator. */
export function readActuator(text: string): ValueOrFault<ActuatorConfig> {
  if (text === "log") return { value: { kind: "log" } };
  const [, kind, target = "", detail] = /^(\w+):([^@\s]+)(?:@(\w+))?$/.exec(text) ?? [];
  const number = detail === undefined ? undefined : Number(detail);
  if (kind === "udp" && number === undefined && isBetween(Number(target), 1, 65_535)) {
    return { value: { kind, port: Number(target) } };
  }
  if (!/^\/(dev|sys)\/[\w./:-]+$/.test(target) || target.includes("..")) return { fault: FAULT };
  switch (kind) {
    case "pwm":
    case "crsf":
    case "sbus":
      return number === undefined ? { value: { kind, path: target } } : { fault: FAULT };
    case "pca9685":
      return isBetween(number ?? PCA9685_ADDRESS, 0x08, 0x77)
        ? { value: { kind, path: target, address: number ?? PCA9685_ADDRESS } }
        : { fault: "the address of the chip must be from 0x08 to 0x77" };
    case "mavlink":
      return isBetween(number ?? MAVLINK_SPEED, 1_200, 4_000_000)
        ? { value: { kind, path: target, speed: number ?? MAVLINK_SPEED } }
        : { fault: "the speed of the line must be from 1200 to 4000000 bits a second" };
    default:
      return { fault: FAULT };
  }
}

/** Reads the setting of one output. */
export function readOutput(text: string): ValueOrFault<OutputConfig> {
  const [input = "", output = "", ...options] = text.split(/\s+/);
  if (!INPUTS.includes(input as Input)) {
    return { fault: `each output must begin with an input, which "${input}" is not` };
  }
  let config: OutputConfig = {
    ...OUTPUT_DEFAULTS,
    input: input as Input,
    output: output === "" ? NaN : Number(output),
  };
  for (const option of options) {
    const [, name, value] = /^(min|max|neutral|trim|expo|rate)=(-?[\d.]+)$/.exec(option) ?? [];
    if (name !== undefined) config = { ...config, [name]: Number(value) };
    else if (option === "invert") config = { ...config, inverted: true };
    else {
      return {
        fault: `"${option}" must be invert, or a number for min, max, neutral, trim, expo or rate`,
      };
    }
  }
  const fault = findFault(config);
  return fault === undefined ? { value: config } : { fault: `of "${text}" ${fault}` };
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

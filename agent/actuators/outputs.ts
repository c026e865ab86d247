/**
 * From inputs to pulses: the limits, the curve and the rate of each output of a vehicle. A pulse is what a servo or a
 * speed controller takes: its width in microseconds says the position.
 *
 * @module
 */
import type { Input } from "./inputs.ts";

/** One output of a vehicle. All widths are microseconds. */
export interface OutputConfig {
  /** The input that moves it. */
  readonly input: Input;
  /** Its number at the actuator, from 0. */
  readonly output: number;
  /** Least width. */
  readonly min: number;
  /** Greatest width. */
  readonly max: number;
  /** Width at rest, before the trim. */
  readonly neutral: number;
  /** Added to the width at rest, which moves the middle and leaves the ends. */
  readonly trim: number;
  /** Whether the input counts with the other sign. */
  readonly inverted: boolean;
  /** From 0, a straight line, to 100 percent, least effect around the middle: |x| to the power of 1 + expo/25. */
  readonly expo: number;
  /** Most change of the width, in microseconds a second; absent: no limit. */
  readonly rate?: number | undefined;
}

/** One output as an actuator takes it. */
export interface Pulse {
  /** Number of the output, from 0. */
  readonly output: number;
  /** Width in microseconds. */
  readonly width: number;
}

/** The settings of an output that are not given. */
export const OUTPUT_DEFAULTS = {
  min: 1000,
  max: 2000,
  neutral: 1500,
  trim: 0,
  inverted: false,
  expo: 0,
} as const;

/** The greatest number of an output. */
export const MAX_OUTPUT = 15;
/** Shortest and longest pulse that a servo takes, in microseconds. */
const PULSE_RANGE = [500, 2500] as const;

/** Why an output cannot be as configured, as the end of a sentence, or `undefined`. */
export function findFault(config: OutputConfig): string | undefined {
  const { min, max, neutral, trim, expo, rate, output } = config;
  const [least, most] = PULSE_RANGE;
  if (!(Number.isInteger(output) && output >= 0 && output <= MAX_OUTPUT)) {
    return `the output must be a whole number from 0 to ${MAX_OUTPUT}`;
  }
  if (!(min >= least && max <= most && min < max)) {
    return `min must be below max, and both from ${least} to ${most} µs`;
  }
  if (!(neutral + trim >= min && neutral + trim <= max)) {
    return "neutral with its trim must be from min to max";
  }
  if (!(expo >= 0 && expo <= 100)) return "expo must be from 0 to 100 %";
  if (rate !== undefined && !(rate > 0)) return "rate must be above 0 µs a second";
  return undefined;
}

/** The width at rest, in microseconds. */
export function restWidth({ neutral, trim }: OutputConfig): number {
  return neutral + trim;
}

/** The width for an input from −1 to 1, in microseconds. */
export function widthFor(config: OutputConfig, value: number): number {
  const signed = config.inverted ? -value : value;
  const curved = Math.sign(signed) * Math.abs(signed) ** (1 + config.expo / 25);
  const rest = restWidth(config);
  const reach = curved < 0 ? rest - config.min : config.max - rest;
  return rest + curved * reach;
}

/** The input from −1 to 1 that has this width: the reverse of {@linkcode widthFor}. */
export function valueFor(config: OutputConfig, width: number): number {
  const rest = restWidth(config);
  const reach = width < rest ? rest - config.min : config.max - rest;
  const curved = reach === 0 ? 0 : Math.max(-1, Math.min(1, (width - rest) / reach));
  const signed = Math.sign(curved) * Math.abs(curved) ** (1 / (1 + config.expo / 25));
  return config.inverted ? 0 - signed : signed;
}

/** The width after `elapsed` milliseconds on the way from one width to another, by the rate of the output. */
export function approach(
  { rate }: OutputConfig,
  { from, to, elapsed }: { readonly from: number; readonly to: number; readonly elapsed: number },
): number {
  if (rate === undefined) return to;
  const most = rate * elapsed / 1000;
  return from + Math.max(-most, Math.min(most, to - from));
}

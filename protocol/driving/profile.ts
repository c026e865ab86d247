/**
 * The two profiles of the control messages, with the arithmetic of their timestamps.
 *
 * @module
 */
import type { ControlCodec } from "../control/control.ts";
import { compactCodec, isOlder } from "../control/control_compact.ts";
import { mapCodec } from "../control/control_map.ts";

/** A codec, and how its timestamps (in seconds, as decoded) compare. */
export interface ControlProfile {
  readonly codec: ControlCodec;
  isOlder(a: number, b: number): boolean;
  /** `a` minus `b`, in milliseconds. */
  difference(a: number, b: number): number;
}

const CIRCLE = 2 ** 32;

/** For programs that use it on UDP; timestamps do not wrap. */
export const mapProfile: ControlProfile = {
  codec: mapCodec,
  isOlder: (a, b) => a < b,
  difference: (a, b) => (a - b) * 1000,
};

/** For two ends that are both ours; timestamps wrap at 2³² ms. */
export const compactProfile: ControlProfile = {
  codec: compactCodec,
  isOlder,
  difference(a, b) {
    const ahead = (((a - b) * 1000) % CIRCLE + CIRCLE) % CIRCLE;
    return ahead < CIRCLE / 2 ? ahead : ahead - CIRCLE;
  },
};

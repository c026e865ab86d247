/**
 * Reads and checks what a core announces about its picture and sound (libretro.h, `retro_game_geometry`,
 * `retro_system_timing`).
 *
 * @module
 */
import type { QuarterTurns } from "../../../media/ports.ts";
import type { Struct } from "./native.ts";

/** Longest side that a core may announce, in pixels. */
const MAX_SIDE = 4096;
/** A picture ten times as wide as high, or as high as wide, is a mistake. */
const MAX_ASPECT = 10;
/** Pictures a second that encoders take. */
const FRAME_RATES = { least: 1, most: 1_000 } as const;
/** Samples a second that the sound encoder takes; the highest of known cores is 384,000 (SameBoy). */
const SAMPLE_RATES = { least: 1_000, most: 384_000 } as const;

/** The rates of a core's pictures and sound. */
export interface Rates {
  /** Pictures a second. */
  readonly frameRate: number;
  /** Sound samples a second. */
  readonly sampleRate: number;
}

/** The size and shape of a core's pictures. */
export interface Geometry {
  /**
   * In pixels. Some cores give the sides before the rotation and some after it: the true size
   * is that of the pictures.
   */
  readonly width: number;
  readonly height: number;
  /** Width ÷ height of the upright picture; `undefined`: the core names none, so pixels are square. */
  readonly aspect: number | undefined;
}

/** Everything that a core announces about its picture and sound. */
export interface AvInfo extends Geometry, Rates {
  readonly rotation: QuarterTurns;
}

/** The values before a game is loaded. */
export const UNKNOWN_AV: AvInfo = {
  width: 0,
  height: 0,
  aspect: undefined,
  rotation: 0,
  frameRate: 0,
  sampleRate: 0,
};

/** Reads a `retro_game_geometry`. A size that no picture can have is left out, and such an aspect is `undefined`. */
export function readGeometry(
  struct: Struct,
): Partial<Geometry> & Pick<Geometry, "aspect"> {
  const width = struct.uint32(0);
  const height = struct.uint32(4);
  const ratio = struct.float32(16);
  const aspect = ratio >= 1 / MAX_ASPECT && ratio <= MAX_ASPECT ? ratio : undefined;
  const possible = [width, height].every((side) => side >= 1 && side <= MAX_SIDE);
  return possible ? { width, height, aspect } : { aspect };
}

/** Reads the `retro_system_timing` of a `retro_system_av_info`. */
export function readRates(struct: Struct): Rates {
  return { frameRate: struct.float64(24), sampleRate: struct.float64(32) };
}

/** Whether pictures and sound can be encoded at these rates. */
export function arePlayable({ frameRate, sampleRate }: Rates): boolean {
  return within(frameRate, FRAME_RATES) && within(sampleRate, SAMPLE_RATES);
}

function within(value: number, { least, most }: { least: number; most: number }): boolean {
  return value >= least && value <= most;
}

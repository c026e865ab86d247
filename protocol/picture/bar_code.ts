/**
 * Reads the test marks in the picture of Paddle Duel: a strip of twelve lamps that counts video frames, and a
 * backdrop that is bright while A is held (`worker/sources/demo/paddle_duel.asm`).
 *
 * On the game's own 256 × 240 pixels each lamp is 16 × 16, in lines 208 to 223 from column 32 on: lit, dark, eight
 * bits of the count with the most significant first, dark, lit.
 *
 * @module
 */
import { type Image, meanLuma } from "./luma.ts";

const WIDTH = 256;
const LAMPS = 12;
const BITS = 8;
const FIRST_LAMP = 40 / WIDTH;
const LAMP_PITCH = 16 / WIDTH;
/** A height that is inside the lamps whether or not the core crops eight lines at the top and the bottom. */
const LINE = 0.911;
/** The part of a lamp that is read: well inside its frame. */
const SPOT = { width: 6 / WIDTH, height: 4 / 240 };
/** The middle of a piece of bare backdrop left of the strip. */
const BACKDROP = 20 / WIDTH;
/** The smallest difference between the fixed lamps with which the strip is read. */
const MIN_CONTRAST = 64;
/** Share of the way from dark to lit beyond which the backdrop counts as lit; it is 0.55 when it is. */
const LIT_BACKDROP = 0.3;

/** The values that the picture of Paddle Duel shows. */
export interface BarCode {
  /** Video frames since the game began, modulo 256. */
  readonly frame: number;
  /** Whether the backdrop is lit: A was held two pictures ago. */
  readonly lit: boolean;
}

/** Reads a picture of the game, scaled to any size; `undefined` when there is no strip in it. */
export function readBarCode(image: Image): BarCode | undefined {
  const lumaAt = (x: number) => meanLuma(image, { x, y: LINE, ...SPOT });
  const lamps = Array.from({ length: LAMPS }, (_, i) => lumaAt(FIRST_LAMP + i * LAMP_PITCH));
  const bits = lamps.slice(2, 2 + BITS);
  const lit = Math.min(lamps[0]!, lamps[LAMPS - 1]!);
  const dark = Math.max(lamps[1]!, lamps[LAMPS - 2]!);
  if (lit - dark < MIN_CONTRAST) return undefined;
  const middle = (lit + dark) / 2;
  return {
    frame: bits.reduce((count, luma) => count * 2 + Number(luma > middle), 0),
    lit: lumaAt(BACKDROP) > dark + (lit - dark) * LIT_BACKDROP,
  };
}

/**
 * Colours of the simulated world, 0xRRGGBB, and how they mix.
 *
 * @module
 */

/** The air at the horizon. */
export const HAZE = 0xc8d9e6;
/** Things this far away are mixed with the air by 63 %, in metres. */
const CLEAR = 130;
/** At most this share of a thing is air. */
const MOST_HAZE = 0.8;

/** `share` 0 is `a`, 1 is `b`. */
export function mix(a: number, b: number, share: number): number {
  const red = (a >> 16 & 255) + ((b >> 16 & 255) - (a >> 16 & 255)) * share;
  const green = (a >> 8 & 255) + ((b >> 8 & 255) - (a >> 8 & 255)) * share;
  const blue = (a & 255) + ((b & 255) - (a & 255)) * share;
  return (red + 0.5 | 0) << 16 | (green + 0.5 | 0) << 8 | (blue + 0.5 | 0);
}

/** A colour with its brightness changed: 1 leaves it. */
export function lit(colour: number, brightness: number): number {
  return brightness <= 1
    ? mix(0x0c1016, colour, brightness)
    : mix(colour, 0xffffff, brightness - 1);
}

/** A colour as it looks from `distance` metres. */
export function hazy(colour: number, distance: number): number {
  return mix(colour, HAZE, Math.min(MOST_HAZE, 1 - Math.exp(-Math.max(0, distance) / CLEAR)));
}

/** The mean of some colours. */
export function mean(colours: readonly number[]): number {
  const part = (shift: number) => {
    const sum = colours.reduce((total, colour) => total + (colour >> shift & 255), 0);
    return Math.round(sum / colours.length) << shift;
  };
  return part(16) | part(8) | part(0);
}

/**
 * Between which bitrates pictures of a size are encoded. What pictures look like at them is measured
 * (docs/decisions/0175-bitrates-by-likeness.md).
 *
 * @module
 */

/** The bounds of a target bitrate, in bits per second. */
export interface BitrateLimits {
  /** The lowest target of all: sound, and hardly a picture. */
  readonly least: number;
  /** With fewer bits, pictures of full rate and size are too poor: fewer and smaller ones are sent. */
  readonly floor: number;
  /** The target of a viewer that has just connected. */
  readonly initial: number;
  /** The highest target. */
  readonly ceiling: number;
}

/** H.265 kbit/s at up to 30 and at more pictures a second, by height: floor, initial, ceiling. */
const PROFILES: readonly {
  readonly height: number;
  readonly slow: readonly [number, number, number];
  readonly fast: readonly [number, number, number];
}[] = [
  { height: 540, slow: [500, 1500, 3000], fast: [500, 2000, 4000] },
  { height: 720, slow: [800, 3000, 4000], fast: [1000, 4000, 8000] },
  { height: 1080, slow: [1000, 5000, 6000], fast: [1500, 7000, 10_000] },
  { height: 1440, slow: [2000, 10_000, 13_000], fast: [2500, 14_000, 20_000] },
  { height: Infinity, slow: [3000, 20_000, 30_000], fast: [4000, 27_000, 40_000] },
];
/** H.264 and VP8 need this many times the bits of H.265. */
const CODEC_FACTOR = 1.5;
/** The lowest target, bits per second. */
const LEAST = 30_000;

/** The limits for pictures that are `height` pixels high, at `frameRate` pictures a second. */
export function bitrateLimits(
  { height, frameRate }: { readonly height: number; readonly frameRate: number },
): BitrateLimits {
  const profile = PROFILES.find((candidate) => height <= candidate.height)!;
  const [floor, initial, ceiling] = (frameRate > 31 ? profile.fast : profile.slow)
    .map((kilobits) => kilobits * 1000 * CODEC_FACTOR) as [number, number, number];
  return { least: LEAST, floor, initial, ceiling };
}

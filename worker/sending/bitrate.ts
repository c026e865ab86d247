/**
 * The target bitrate of a viewer: it falls fast when the viewer's link is full, and rises slowly when it is not.
 *
 * A browser's estimate (REMB) is an upper bound only while it falls: it falls when queues on the path grow, to 85 % of
 * the received bitrate. At other times a still picture, which sends few bits, keeps the estimate low. A low estimate
 * alone is therefore no reason to lower the target.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** The bounds of a target bitrate, in bits per second. */
export interface BitrateLimits {
  /** Pictures encoded with fewer bits are too poor to be worth sending. */
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
  { height: 720, slow: [800, 3000, 4000], fast: [1000, 4000, 6000] },
  { height: 1080, slow: [1000, 5000, 6000], fast: [1500, 7000, 10_000] },
  { height: 1440, slow: [2000, 10_000, 13_000], fast: [2500, 14_000, 20_000] },
  { height: Infinity, slow: [3000, 20_000, 30_000], fast: [4000, 27_000, 40_000] },
];
/** H.264 and VP8 need this many times the bits of H.265. */
const CODEC_FACTOR = 1.5;

/** The limits for pictures that are `height` pixels high, at `frameRate` pictures a second. */
export function bitrateLimits(
  { height, frameRate }: { readonly height: number; readonly frameRate: number },
): BitrateLimits {
  const profile = PROFILES.find((candidate) => height <= candidate.height)!;
  const [floor, initial, ceiling] = (frameRate > 31 ? profile.fast : profile.slow)
    .map((kilobits) => kilobits * 1000 * CODEC_FACTOR) as [number, number, number];
  return { floor, initial, ceiling };
}

/** The newest measurements of one viewer's link. */
export interface LinkSample {
  /** Newest estimate of the browser (REMB), bits per second; `undefined` before the first. */
  readonly estimate: number | undefined;
  /** Share of packets lost, 0 … 1, by the newest report. */
  readonly loss: number;
  /** Bits sent to the viewer in the last second. */
  readonly sent: number;
}

/** The target bitrate of one viewer, and the times that decide when it may change again. */
export interface BitrateState {
  /** Bits per second. */
  readonly target: number;
  /** The browser's estimate (REMB) at the last step, bits per second; `undefined` before the first. */
  readonly estimate: number | undefined;
  /** When the target was last lowered and last raised. */
  readonly cutAt: Millis | undefined;
  readonly raisedAt: Millis | undefined;
}

/** A loss above the first share means congestion, below the second a clear link; between them, nothing changes. */
const LOSS_CONGESTED = 0.1;
const LOSS_CLEAR = 0.02;
/** When an estimate falls below this share of the one before, queues on the path grow. */
const ESTIMATE_FELL = 0.95;
/** A target is in use when at least this share of it is sent; still pictures send far less. */
const IN_USE = 0.7;
/** A cut multiplies the target by this. */
const CUT = 0.7;
/** Least time between cuts, so that the first takes effect before the second. Milliseconds, as the next two. */
const CUT_SPACING = 500;
const CALM_AFTER_CUT = 1000;
const RAISE_SPACING = 250;
/** A raise adds this share of the target, and at most this many bits per second. */
const RAISE_MOST = 250_000;
const RAISE_SHARE = 0.15;

/** The state of a viewer that has just connected. */
export function startBitrate(limits: BitrateLimits): BitrateState {
  return { target: limits.initial, estimate: undefined, cutAt: undefined, raisedAt: undefined };
}

/**
 * The state after one more measurement. Call it about four times a second, and at least once for each new estimate or
 * report.
 */
export function stepBitrate(
  state: BitrateState,
  sample: LinkSample,
  { limits, now }: { readonly limits: BitrateLimits; readonly now: Millis },
): BitrateState {
  const clamp = (bitrate: number) => Math.max(limits.floor, Math.min(limits.ceiling, bitrate));
  const target = clamp(state.target);
  const next = { ...state, target, estimate: sample.estimate ?? state.estimate };
  const { estimate } = next;
  const fell = estimate !== undefined && state.estimate !== undefined &&
    estimate < ESTIMATE_FELL * state.estimate && estimate < sample.sent;
  const inUse = sample.sent >= IN_USE * target;

  if (fell || sample.loss > LOSS_CONGESTED) {
    if (!isPast(state.cutAt, CUT_SPACING, now)) return next;
    // If the target was in use, the link was full, and the fallen estimate is the bitrate that the link carries.
    const measured = fell && inUse ? estimate : Infinity;
    return { ...next, target: clamp(Math.min(CUT * target, measured)), cutAt: now };
  }
  const calm = sample.loss < LOSS_CLEAR && isPast(state.cutAt, CALM_AFTER_CUT, now) &&
    isPast(state.raisedAt, RAISE_SPACING, now);
  // A target that is not in use does not test the link: then, or without an estimate, it rises to `initial` at most.
  const most = !inUse ? limits.initial : Math.max(target, estimate ?? limits.initial);
  const raised = clamp(Math.min(most, target + Math.min(RAISE_MOST, RAISE_SHARE * target)));
  return calm && raised > target ? { ...next, target: raised, raisedAt: now } : next;
}

function isPast(at: Millis | undefined, spacing: number, now: Millis): boolean {
  return at === undefined || now - at >= spacing;
}

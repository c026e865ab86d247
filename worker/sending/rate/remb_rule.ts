/**
 * The target bitrate of a viewer whose browser sends estimates (REMB) and no transport-wide feedback: it falls fast when
 * the viewer's link is full, and rises slowly when it is not.
 *
 * A browser's estimate (REMB) is an upper bound only while it falls: it falls when queues on the path grow, to 85 % of
 * the received bitrate. At other times a still picture, which sends few bits, keeps the estimate low. A low estimate
 * alone is therefore no reason to lower the target.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { BitrateLimits } from "./limits.ts";
import type { LinkReport, RateRule, RuleSample } from "./ports.ts";

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

/** {@linkcode stepBitrate} as a rule that collects the reports. */
export class RembRule implements RateRule {
  #state: BitrateState;
  #estimate: number | undefined;
  #loss = 0;

  constructor(limits: BitrateLimits) {
    this.#state = startBitrate(limits);
  }

  get target(): number {
    return this.#state.target;
  }

  get loss(): number {
    return this.#loss;
  }

  get isNarrow(): boolean {
    return this.#state.cutAt !== undefined;
  }

  report(report: LinkReport): boolean {
    if (report.type === "remb") this.#estimate = report.bitrate;
    if (report.type === "loss") this.#loss = report.share;
    return false;
  }

  step({ sent }: RuleSample, { limits, now }: Parameters<RateRule["step"]>[1]): void {
    const sample = { estimate: this.#estimate, loss: this.#loss, sent };
    this.#state = stepBitrate(this.#state, sample, { limits, now });
  }

  forget(): void {
    this.#estimate = undefined;
    this.#loss = 0;
    this.#state = { ...this.#state, estimate: undefined };
  }
}

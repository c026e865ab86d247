/**
 * How many and how large pictures a bitrate carries: first every second picture, then half the size, then fewer and
 * smaller, and at last sound with a picture a second. Pure: time is an argument.
 *
 * ```text
 *  whole ◀── 2 s, one step at a time ── reduced
 *        ── below a step for 0.5 s ──▶
 * ```
 *
 * A target that is below a step for a moment only, as while a queue drains, makes fewer pictures at once and no smaller
 * ones: a change of size costs a keyframe.
 *
 * @module
 */
import type { Reduction } from "../../../media/ports.ts";
import type { Millis } from "../../../protocol/clock.ts";
import type { Layer } from "../layers/ports.ts";

type Steps = readonly (Reduction & { readonly share: number })[];

const LOW_STEPS: Steps = [
  { every: 2, divisor: 2, share: 0.24 },
  { every: 4, divisor: 2, share: 0.13 },
  { every: 4, divisor: 4, share: 0.06 },
  // A page negotiates anew when it sees no picture for 10 s, so sound is never quite alone.
  { every: 60, divisor: 4, share: 0 },
];
/** The steps of each layer, with the share of the floor of whole pictures that each needs. */
const STEPS: Record<Layer, Steps> = {
  main: [{ every: 1, divisor: 1, share: 1 }, { every: 2, divisor: 1, share: 0.6 }, ...LOW_STEPS],
  small: [{ every: 1, divisor: 2, share: 0.4 }, ...LOW_STEPS],
};
/** How long a target is below a step before the size changes, in milliseconds. */
const DOWN_AFTER = 500;
/** Least time between steps up, and how far above a step the target has to be. */
const UP_SPACING = 2_000;
const UP_MARGIN = 1.15;

/** The ladder of one layer. */
export interface LadderState {
  readonly layer: Layer;
  /** Index of the step. */
  readonly step: number;
  /** When the step last changed; `undefined`: never. */
  readonly changedAt: Millis | undefined;
  /** Since when the target is below the step; `undefined`: it is not. */
  readonly belowSince: Millis | undefined;
  readonly reduction: Reduction;
}

/** The step of a layer that begins with this target, so that its size does not change at once. */
export function enterLadder(
  layer: Layer,
  { target, floor }: { readonly target: number; readonly floor: number },
): LadderState {
  const step = stepFor(layer, { target, floor });
  return { ...topOfLadder(layer), step, reduction: reductionOf({ layer, step }) };
}

/** The uppermost step of a layer: whole pictures, or all of them in half the size. */
export function topOfLadder(layer: Layer): LadderState {
  const step = 0;
  const reduction = reductionOf({ layer, step });
  return { layer, step, changedAt: undefined, belowSince: undefined, reduction };
}

/** The state for a target. `floor`: what whole pictures need at least, in the same unit. Call it four times a second. */
export function stepLadder(
  state: LadderState,
  { target, floor }: { readonly target: number; readonly floor: number },
  now: Millis,
): LadderState {
  const steps = STEPS[state.layer];
  const wanted = stepFor(state.layer, { target, floor });
  if (wanted > state.step) {
    const belowSince = state.belowSince ?? now;
    if (now - belowSince >= DOWN_AFTER) return at(state, wanted, now);
    const { divisor } = steps[state.step]!;
    const { every } = steps[wanted]!;
    return { ...state, belowSince, reduction: { every, divisor } };
  }
  const next = steps[state.step - 1];
  const isCalm = state.changedAt === undefined || now - state.changedAt >= UP_SPACING;
  if (next && isCalm && target >= UP_MARGIN * next.share * floor) {
    return at(state, state.step - 1, now);
  }
  return { ...state, belowSince: undefined, reduction: reductionOf(state) };
}

function stepFor(
  layer: Layer,
  { target, floor }: { readonly target: number; readonly floor: number },
): number {
  return STEPS[layer].findIndex(({ share }) => target >= share * floor);
}

function at({ layer }: LadderState, step: number, now: Millis): LadderState {
  const reduction = reductionOf({ layer, step });
  return { layer, step, changedAt: now, belowSince: undefined, reduction };
}

function reductionOf({ layer, step }: Pick<LadderState, "layer" | "step">): Reduction {
  const { every, divisor } = STEPS[layer][step]!;
  return { every, divisor };
}

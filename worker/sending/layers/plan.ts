/**
 * Which viewer gets which layer. A viewer goes to the small layer when the main one does not fit its link, and back
 * when it has fitted for a while. Pure: time is an argument.
 *
 * ```text
 *        ── does not fit for 1 s ──▶
 *  main                              small
 *        ◀── fits for 5 s or more ──
 * ```
 *
 * A player always gets the main layer, which is encoded for the players. Without one it is encoded for the viewers who
 * get it, and a viewer that would halve it goes to the small layer. A preview that wants the small layer always gets
 * that one.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Layer } from "./ports.ts";

/** One connected viewer. Bitrates in bits per second of pictures. */
export interface PlannedViewer {
  readonly id: string;
  /** Whether it holds a seat. */
  readonly plays: boolean;
  /** Whether it gets the small layer whatever its link carries: a preview among many. */
  readonly wantsSmall: boolean;
  /** Of a viewer that is silent or away nothing is known, so it keeps its layer. */
  readonly presence: "present" | "silent" | "away";
  /** Whether its link was ever found to be full. */
  readonly isNarrow: boolean;
  /** The target bitrate of its link, and that of a link of which nothing is known. */
  readonly target: number;
  readonly initial: number;
  /** Whether it still waits for a keyframe of the layer that it was given. */
  readonly isChanging: boolean;
  /** The main layer in its codec. */
  readonly main: MainLayer;
}

/** The main layer in one codec, bits per second. */
export interface MainLayer {
  /** The most that its frames needed of late; 0: there was none, as in a room that is paused. */
  readonly needs: number;
  /** What it is encoded at; `undefined` when it is forwarded as it came. */
  readonly bitrate: number | undefined;
}

interface Place {
  readonly layer: Layer;
  /** Since when the other layer is the right one; `undefined`: it is not. */
  readonly otherSince: Millis | undefined;
  /** When the viewer last came back to the main layer, and its target then. */
  readonly raised: { readonly at: Millis; readonly target: number } | undefined;
  /** How long the next return waits, in milliseconds. */
  readonly wait: number;
}

/** The layers of all viewers. */
export interface LayerPlan {
  readonly places: ReadonlyMap<string, Place>;
  /** When a viewer last changed its layer for its link; `undefined`: never. */
  readonly changedAt: Millis | undefined;
}

/** A target below this share of what the main layer needs does not carry it; from the second share on it does. */
const TOO_LITTLE = 0.8;
const ENOUGH = 1.1;
/** Without a player: shares of the highest target. Below the first a viewer would cost the others too much. */
const FAR_BELOW = 0.5;
const NOT_FAR_BELOW = 0.7;
/** The main layer is as poor as its bitrate when its frames need at least this share of that. */
const LIMITED = 0.7;
/** Least time between changes of layers, in milliseconds. */
export const CHANGE_SPACING = 2_000;
/** How long the main layer must not fit: a target also falls for a moment while a queue drains. Milliseconds. */
export const DOWN_AFTER = 1_000;
/** How long it must fit again, and the longest wait after returns that failed, in milliseconds. */
export const UP_AFTER = 5_000;
const MOST_UP_AFTER = 80_000;
/** A return that ends within this long has failed, in milliseconds. */
const PROOF = 20_000;
/** How long a target may rise after a return, in milliseconds; below this share of the one at the return it fell. */
const RISE = 4_000;
const FELL = 0.95;

const NEW: Place = { layer: "main", otherSince: undefined, raised: undefined, wait: UP_AFTER };

/** The plan without a viewer. */
export const NO_PLAN: LayerPlan = { places: new Map(), changedAt: undefined };

/** The layer of a viewer; a new one gets the main layer. */
export function layerOf(plan: LayerPlan, id: string): Layer {
  return plan.places.get(id)?.layer ?? NEW.layer;
}

/**
 * Whether a viewer has just come back to the main layer, and its target may still rise to what that needs. A target
 * rises no further than to the initial one while less is sent, so nothing else shows what the link carries.
 */
export function isTrying(
  plan: LayerPlan,
  { id, target }: Pick<PlannedViewer, "id" | "target">,
  now: Millis,
): boolean {
  const place = plan.places.get(id);
  return place !== undefined && tries(place, target, now);
}

function tries({ layer, raised }: Place, target: number, now: Millis): boolean {
  return layer === "main" && raised !== undefined && now - raised.at < RISE &&
    target >= FELL * raised.target;
}

/** The plan for these viewers. Call it four times a second, and when viewers come, go, or change their seats. */
export function stepPlan(
  plan: LayerPlan,
  viewers: readonly PlannedViewer[],
  now: Millis,
): LayerPlan {
  const isCalm = plan.changedAt === undefined || now - plan.changedAt >= CHANGE_SPACING;
  const isPlayed = viewers.some(({ plays }) => plays);
  const highest = Math.max(...viewers.filter(isPresent).map(({ target }) => target));
  let { changedAt } = plan;
  const places = viewers.map((viewer): [string, Place] => {
    const place = known(plan, viewer, now);
    if (viewer.plays) return [viewer.id, { ...place, layer: "main", otherSince: undefined }];
    if (viewer.wantsSmall) return [viewer.id, { ...place, layer: "small", otherSince: undefined }];
    const isKept = !isPresent(viewer) || tries(place, viewer.target, now);
    const right = isKept ? place.layer : rightLayer(viewer, place, { isPlayed, highest });
    if (right === place.layer) return [viewer.id, { ...place, otherSince: undefined }];
    const otherSince = place.otherSince ?? now;
    const wait = right === "small" ? DOWN_AFTER : place.wait;
    if (!isCalm || now - otherSince < wait) return [viewer.id, { ...place, otherSince }];
    changedAt = now;
    return [viewer.id, moved(place, { layer: right, target: viewer.target, now })];
  });
  return { places: new Map(places), changedAt };
}

/** A return begins with the keyframe that it waits for. */
function known(plan: LayerPlan, { id, isChanging }: PlannedViewer, now: Millis): Place {
  const place = plan.places.get(id) ?? NEW;
  const { layer, raised } = place;
  if (!isChanging || layer === "small" || !raised) return place;
  return { ...place, raised: { ...raised, at: now } };
}

/** The layer that fits the viewer's link now. Between the two thresholds it is the one that it has. */
function rightLayer(
  { isNarrow, target, initial, main: { needs, bitrate } }: PlannedViewer,
  { layer }: Place,
  { isPlayed, highest }: { readonly isPlayed: boolean; readonly highest: number },
): Layer {
  if (!isNarrow) return "main";
  if (needs === 0) return layer;
  const fits = target >= Math.min(ENOUGH * needs, initial);
  if (isPlayed || bitrate === undefined) {
    if (layer === "main") return target < TOO_LITTLE * needs ? "small" : "main";
    return fits ? "main" : "small";
  }
  if (target < FAR_BELOW * highest && layer === "main" && needs >= LIMITED * bitrate) {
    return "small";
  }
  return fits || target >= NOT_FAR_BELOW * highest ? "main" : layer;
}

/** A viewer that came back and has to go again waits twice as long before the next return. */
function moved(
  place: Place,
  { layer, target, now }: {
    readonly layer: Layer;
    readonly target: number;
    readonly now: Millis;
  },
): Place {
  const raised = { at: now, target };
  if (layer === "main") return { ...place, layer, otherSince: undefined, raised };
  const hasFailed = place.raised !== undefined && now - place.raised.at < PROOF;
  const wait = hasFailed ? Math.min(MOST_UP_AFTER, 2 * place.wait) : UP_AFTER;
  return { ...place, layer, otherSince: undefined, wait };
}

/** Bitrates of the layers, bits per second; `undefined` without a present viewer to encode for. */
export interface LayerBitrates {
  readonly main: number | undefined;
  readonly small: number | undefined;
}

/**
 * The bitrate of each layer: the main one's is the lowest target of the players, without them of those who get it; the
 * small one's is the lowest of those who get it, within `bounds`. Players who are away do not count.
 */
export function layerBitrates(
  plan: LayerPlan,
  viewers: readonly PlannedViewer[],
  bounds: { readonly least: number; readonly most: number },
): LayerBitrates {
  const here = viewers.filter(({ presence }) => presence !== "away");
  const on = (layer: Layer) => here.filter(({ id }) => layerOf(plan, id) === layer);
  const players = here.filter(({ plays }) => plays);
  const small = lowest(on("small"));
  return {
    main: lowest(players.length > 0 ? players : on("main")),
    small: small && Math.max(bounds.least, Math.min(bounds.most, small)),
  };
}

function lowest(viewers: readonly PlannedViewer[]): number | undefined {
  const targets = viewers.filter(isPresent).map(({ target }) => target);
  return targets.length > 0 ? Math.min(...targets) : undefined;
}

function isPresent({ presence }: PlannedViewer): boolean {
  return presence === "present";
}

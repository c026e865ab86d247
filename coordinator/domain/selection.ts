/**
 * Chooses the worker of a player. Eligible are the workers that have the app and are in the zone that the player
 * chose, or the one worker that the player named. They are ordered by these criteria: for a player who continues a
 * game, first a worker that holds a save of the app; then a worker with a place that no room uses, so that a kept room
 * gives way only when there is no such place; then, for everybody, a worker that holds a save of the app; then the
 * worker that was promised to the player; then the lowest score. The score is the median round trip plus a penalty for
 * load, both in milliseconds.
 *
 * @module
 */
import type { AppId, WorkerId, ZoneId } from "../../protocol/ids.ts";
import { PING_LIMIT } from "../../protocol/legs/user_leg.ts";

/** A worker that may be chosen. */
export interface Candidate {
  readonly worker_id: WorkerId;
  readonly zone: ZoneId;
  /** Apps that can be played there. */
  readonly apps: ReadonlySet<AppId>;
  /** Apps that it holds a save of. */
  readonly saves: ReadonlySet<AppId>;
  readonly places: number;
  /** Places that can be granted; for some of them a kept room gives way. */
  readonly freePlaces: number;
  /** Of these, the places that no room uses. */
  readonly unusedPlaces: number;
  /** Whole-machine CPU, 0 … 1. */
  readonly cpu: number;
}

/** The player's choices and measurements. */
export interface Wish {
  readonly zone?: ZoneId | undefined;
  readonly worker_id?: WorkerId | undefined;
  readonly app_id?: AppId | undefined;
  /** Whether the player continues a game that was left, which its save is needed for. */
  readonly continues?: boolean | undefined;
  /** The worker that was named to the player before. */
  readonly promised?: WorkerId | undefined;
  /** Median round trips in milliseconds; a worker that is missing was not reached. */
  readonly rtts?: ReadonlyMap<WorkerId, number> | undefined;
}

/** The penalty of a fully busy processor, in milliseconds: about three frames of a game at 60 Hz. */
const BUSY_PENALTY = 50;
/** The penalty of a full worker, in milliseconds: it spreads rooms over workers that are equally near. */
const CROWD_PENALTY = 10;

/** The score in milliseconds; lower is better. A worker that answered no ping counts as {@linkcode PING_LIMIT} away. */
export function score(candidate: Candidate, rtts: ReadonlyMap<WorkerId, number>): number {
  const rtt = rtts.get(candidate.worker_id) ?? PING_LIMIT;
  const taken = candidate.places > 0 ? 1 - candidate.freePlaces / candidate.places : 1;
  return rtt + BUSY_PENALTY * candidate.cpu ** 2 + CROWD_PENALTY * taken;
}

/** The eligible workers, full ones included, best first. */
export function rank(candidates: readonly Candidate[], wish: Wish): readonly Candidate[] {
  const { rtts = new Map(), app_id: app } = wish;
  const holdsSave = ({ saves }: Candidate) => app !== undefined && saves.has(app);
  const keys = (candidate: Candidate) => [
    wish.continues && holdsSave(candidate) ? 0 : 1,
    candidate.unusedPlaces > 0 ? 0 : 1,
    holdsSave(candidate) ? 0 : 1,
    candidate.worker_id === wish.promised ? 0 : 1,
    score(candidate, rtts),
  ];
  return candidates.filter((candidate) => isEligible(candidate, wish))
    .map((candidate) => ({ candidate, keys: keys(candidate) }))
    .sort((a, b) => compare(a.keys, b.keys))
    .map(({ candidate }) => candidate);
}

/** The best worker with a free place; `undefined` when there is none. */
export function choose(candidates: readonly Candidate[], wish: Wish): Candidate | undefined {
  return rank(candidates, wish).find(({ freePlaces }) => freePlaces > 0);
}

/** The median round trip, without the first sample, which includes the set-up of the connection. */
export function medianRtt(samples: readonly number[]): number | undefined {
  const counted = samples.length > 1 ? samples.slice(1) : samples;
  const sorted = [...counted].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function isEligible(candidate: Candidate, { zone, worker_id, app_id }: Wish): boolean {
  if (worker_id !== undefined && candidate.worker_id !== worker_id) return false;
  if (zone !== undefined && candidate.zone !== zone) return false;
  return app_id === undefined || candidate.apps.has(app_id);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((key, at) => key !== b[at]);
  return differs < 0 ? 0 : a[differs]! - b[differs]!;
}

/** The zone of all candidates, if they are in one zone. */
export function onlyZone(candidates: readonly { readonly zone: ZoneId }[]): ZoneId | undefined {
  const zones = new Set(candidates.map(({ zone }) => zone));
  return zones.size === 1 ? [...zones][0] : undefined;
}

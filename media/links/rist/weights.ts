/**
 * The weight controller of a bonded link: once a second it judges each path, estimates what it carries, and gives it a
 * share of the packets. Pure: readings and time come in, shares come out.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { NEW_PATH, type PathLife, stepLife, type Verdict } from "./path_life.ts";

/** Share of a path by its state, as a factor of what it carries. Paths on probation get less than others. */
const FACTOR = { probe: 0.5, warm: 0.9, live: 1, degraded: 0.8, cooling: 0 } as const;
/** A path is strained when packets wait on it for this long (in milliseconds, and as a share of the latency) … */
const [LEAST_QUEUE, QUEUE_SHARE] = [30, 0.25] as const;
/** … or when it loses this share; random losses of radio links are below, and are sent again. */
const STRAINED_LOSS = 0.12;
/** A strained path is taken to carry this share of what it delivered. */
const BACK_OFF = 0.9;
/** After a cut the estimate is held this long: the queue needs time to drain, in milliseconds. */
const HOLD = 2_000;
/** A path that is used beyond this share of its estimate, without strain, is taken to carry more. */
const [USED, GROWTH] = [0.7, 1.15] as const;
/** What a path is taken to carry until it was measured: a multiple of what it delivers, or what another one delivers. */
const UNMEASURED = 2;
const [LEAST_CAPACITY, MOST_CAPACITY] = [50_000, 1e9] as const;
/** A path that delivers less than this was hardly used, and its strain says nothing about what it carries. */
const LEAST_USED = 100_000;

/** What was measured on a path since the last reading. Rates in bits a second. */
export interface PathReading {
  /** Whether it answered. */
  readonly answers: boolean;
  /** In milliseconds; absent: not measured. */
  readonly rtt?: number | undefined;
  /** 0 … 1. */
  readonly lossRate?: number | undefined;
  readonly delivered: number;
}

/** The state of one path between two readings. */
export interface PathWeight {
  readonly life: PathLife;
  /** Bits a second; `undefined` while it was never strained, so that nothing is known but that it carries more. */
  readonly capacity: number | undefined;
  /** The quickest round trip, in milliseconds. */
  readonly baseRtt: number | undefined;
  readonly delivered: number;
  readonly heldUntil: Millis;
}

/** A path that nothing was measured of. */
export function newWeight(now: Millis): PathWeight {
  return { life: NEW_PATH, capacity: undefined, baseRtt: undefined, delivered: 0, heldUntil: now };
}

/** One more second of a path. `latency`: how long a lost packet may be sent again, in milliseconds. */
export function stepWeight(
  weight: PathWeight,
  reading: PathReading,
  { latency, now }: { readonly latency: number; readonly now: Millis },
): PathWeight {
  const { rtt, lossRate = 0, delivered } = reading;
  const known = weight.baseRtt ?? rtt;
  // A route may become longer for good, so the quickest time rises slowly towards the present one.
  const baseRtt = rtt === undefined || known === undefined ? known : Math.min(
    rtt,
    known + Math.max(0, rtt - known) * 0.02,
  );
  const queue = (rtt ?? 0) - (baseRtt ?? 0);
  const isStrained = queue > Math.max(LEAST_QUEUE, latency * QUEUE_SHARE) ||
    lossRate > STRAINED_LOSS;
  const verdict: Verdict = !reading.answers ? "silent" : isStrained ? "bad" : "good";
  const life = stepLife(weight.life, verdict, now);
  const next = { life, baseRtt, delivered };
  // What a path carries after it failed is measured anew.
  const capacity = life.state === "cooling" ? undefined : weight.capacity;
  const { heldUntil } = weight;
  if (!reading.answers) return { ...next, capacity, heldUntil };
  if (isStrained && now >= heldUntil && delivered > LEAST_USED) {
    const cut = Math.max(BACK_OFF * delivered, (capacity ?? 0) / 2);
    const estimate = Math.min(capacity ?? Infinity, cut);
    return { ...next, capacity: bounded(estimate), heldUntil: now + HOLD as Millis };
  }
  const grows = capacity !== undefined && !isStrained && delivered > USED * capacity;
  return { ...next, capacity: grows ? bounded(capacity * GROWTH) : capacity, heldUntil };
}

/** A path that does not answer is left at once, between two readings. */
export function silence(weight: PathWeight, now: Millis): PathWeight {
  return { ...weight, life: stepLife(weight.life, "silent", now) };
}

/** What a path is taken to carry, in bits a second. */
function carries(
  { capacity, delivered }: PathWeight,
  others: readonly PathWeight[],
): number {
  if (capacity !== undefined) return capacity;
  const known = others.map(({ capacity = 0, delivered }) => Math.max(capacity, delivered));
  return Math.max(LEAST_CAPACITY, UNMEASURED * delivered, ...known);
}

/** The share of each path, 0 … 1 with the sum 1. Where every path cools, all share alike: something may get through. */
export function sharesOf(weights: readonly PathWeight[]): number[] {
  const raw = weights.map((weight) => FACTOR[weight.life.state] * carries(weight, weights));
  const sum = raw.reduce((total, each) => total + each, 0);
  return sum > 0 ? raw.map((each) => each / sum) : weights.map(() => 1 / weights.length);
}

function bounded(capacity: number): number {
  return Math.min(MOST_CAPACITY, Math.max(LEAST_CAPACITY, Math.round(capacity)));
}

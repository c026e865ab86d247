/**
 * How fast gaps are forwarded. While a stream runs only what its link has to spare is used, and only as long as nothing says
 * that the link is full. Pure; stepped with each reading of the stream's figures.
 *
 * ```text
 *  waiting ──link good for the whole pause──▶ sending: the rate grows ──link bad──▶ waiting, twice as long
 * ```
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { StreamStats } from "../../protocol/field/device.ts";

/** Bits a second while no stream runs. */
export const WITHOUT_STREAM = 8_000_000;
/** The first bits a second beside a stream. */
const FIRST = 100_000;
/** The most bits a second beside a stream. */
export const MOST = 2_000_000;
/** How much the rate grows with each reading. */
const GROWTH = 1.2;
/** Share of the capacity that nothing uses, where that is known. */
const SHARE = 0.5;
/** How long the link has to be good first, in milliseconds: at first, and at most. */
export const PAUSE = { first: 10_000, longest: 120_000 } as const;
/** A round trip this much longer than the shortest one says that packets wait in the link, in milliseconds. */
const WAITING = 40;
/** The shortest round trip is forgotten slowly, because routes change: it grows by this share with each reading. */
const FORGETTING = 1.002;
/** Figures that are older than this say nothing, in milliseconds. */
const STALE = 3_500;

/** What is known of the link of a stream. */
export interface Pace {
  /** Bits a second beside the stream; 0 while it waits. */
  readonly rate: number;
  readonly pause: number;
  readonly waitsUntil: number;
  readonly readAt: Millis;
  /** The shortest round trip, in milliseconds. */
  readonly shortest: number | undefined;
  readonly dropped: number;
  readonly target: number | undefined;
}

/** What a stream's figures say of its link. */
export type Figures = Pick<
  StreamStats,
  "links" | "dropped_frames" | "target_bitrate_kbps"
>;

/** A stream began, whose link is not known. */
export function startPace(now: Millis): Pace {
  return {
    rate: 0,
    pause: PAUSE.first,
    waitsUntil: now + PAUSE.first,
    readAt: now,
    ...{ shortest: undefined, dropped: 0, target: undefined },
  };
}

/** The pace after a reading of the figures. */
export function stepPace(pace: Pace, figures: Figures, now: Millis): Pace {
  const rtts = figures.links.flatMap(({ rtt_ms }) => rtt_ms ?? []);
  const rtt = rtts.length > 0 ? Math.max(...rtts) : undefined;
  const shortest = rtt === undefined
    ? pace.shortest
    : Math.min(rtt, (pace.shortest ?? Infinity) * FORGETTING);
  const dropped = figures.dropped_frames ?? pace.dropped;
  const target = figures.target_bitrate_kbps ?? undefined;
  const read = { ...pace, readAt: now, shortest, dropped, target };
  const isBad = figures.links.length === 0 ||
    figures.links.some(({ state }) => state !== "Live" && state !== "Warm") ||
    dropped > pace.dropped ||
    (rtt !== undefined && shortest !== undefined && rtt > shortest + WAITING) ||
    (target !== undefined && pace.target !== undefined && target < pace.target);
  if (isBad) {
    // A link that was bad while it was waited for is no worse for that.
    const pause = pace.rate > 0 ? Math.min(pace.pause * 2, PAUSE.longest) : pace.pause;
    return { ...read, rate: 0, pause, waitsUntil: now + pause };
  }
  if (now < pace.waitsUntil) return { ...read, rate: 0 };
  const spare = spareOf(figures.links);
  const rate = Math.min(Math.max(FIRST, pace.rate * GROWTH), MOST, spare * SHARE);
  // Once the most was sent without harm, the next pause is short again.
  return { ...read, rate, pause: rate === MOST ? PAUSE.first : pace.pause };
}

/** Bits a second at which gaps are forwarded now. `undefined`: no stream runs. */
export function rateOf(pace: Pace | undefined, now: Millis): number {
  if (!pace) return WITHOUT_STREAM;
  return now - pace.readAt > STALE ? 0 : pace.rate;
}

/** The capacity that nothing uses, over all paths; without a limit where none is measured. */
function spareOf(links: Figures["links"]): number {
  const measured = links.flatMap(({ capacity_bps, observed_bps }) =>
    typeof capacity_bps === "number" ? [Math.max(0, capacity_bps - (observed_bps ?? 0))] : []
  );
  return measured.length === 0 ? Infinity : measured.reduce((sum, each) => sum + each, 0);
}

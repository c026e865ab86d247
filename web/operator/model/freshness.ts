/**
 * The age from which a figure is shown with its age. All times are the coordinator's.
 *
 * @module
 */
import type { Measured } from "../../../protocol/rest/measured.ts";
import { formatSpan } from "./format.ts";

/** Figures of a stream come every second; after this many milliseconds their age is shown. */
export const STREAM_STALE = 5_000;
/** A small picture comes every ten seconds with a keyframe; after this many milliseconds its age is shown. */
export const STILL_STALE = 25_000;
/** A device reports every ten seconds; after this many milliseconds their age is shown. */
export const DEVICE_STALE = 30_000;
/** A worker reports every two seconds; after this many milliseconds the age of its load is shown. */
export const WORKER_STALE = 10_000;

/** A worker looks at each of its ports every eleven seconds; after this many milliseconds the look's age is shown. */
export const PORTS_STALE = 30_000;

/** A page reads the feeds of destinations every five seconds; after this many milliseconds a feed's age is shown. */
export const FEED_STALE = 12_000;

/** Stands for the look of a worker that has not looked at all of its ports yet: it has no age. */
export const NOT_LOOKED: Measured = { at: Infinity };

/** Whether a figure measured at `at` is older than `after` milliseconds at `now`. */
export function isStale(at: number, { now, after }: { now: number; after: number }): boolean {
  return now - at > after;
}

/** `34 s old` once a figure is older than it should be. */
export function ageNote(
  at: number | undefined,
  { now, after }: { now: number; after: number },
): string | undefined {
  if (at === undefined || !isStale(at, { now, after })) return undefined;
  return `${formatSpan(now - at)} old`;
}

/**
 * Decides when the page asks for a new path of its media connection (ICE restart), before the connection counts as lost.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** Without a message of the worker for this long the path may be dead, in milliseconds. Two of its messages are missed. */
export const SILENT_AFTER = 2_000;
/** How long the worker has to answer after the network changed, in milliseconds. */
export const CHANGE_PATIENCE = 500;
/** Time between two requests for a new path, in milliseconds. */
export const RESTART_SPACING = 2_000;

/** What is known of a path; all are monotonic milliseconds. */
export interface PathFacts {
  readonly now: Millis;
  /** When the worker's newest message arrived. */
  readonly receivedAt: Millis;
  /** When the network last changed. */
  readonly changedAt?: Millis | undefined;
  /** When a new path was last asked for. */
  readonly askedAt?: Millis | undefined;
}

/** Whether a new path is to be asked for. */
export function restartDue({ now, receivedAt, changedAt, askedAt }: PathFacts): boolean {
  if (askedAt !== undefined && now - askedAt < RESTART_SPACING) return false;
  const isUnanswered = changedAt !== undefined && receivedAt <= changedAt &&
    now - changedAt >= CHANGE_PATIENCE;
  return isUnanswered || now - receivedAt >= SILENT_AFTER;
}

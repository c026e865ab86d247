/**
 * The numbers of a room's documents. They count from 1 and wrap after 2³² − 1; 0 is no document.
 *
 * @module
 */
import * as z from "zod/mini";

/** The number of one document of a room. */
export type Revision = number;

/** What an end acknowledges that holds no document. */
export const NO_REVISION: Revision = 0;
/** The last number before 1 follows. */
export const LAST_REVISION: Revision = 0xffff_ffff;

/** The schema of {@linkcode Revision}, with {@linkcode NO_REVISION}. */
export const RevisionNumber = z.int().check(z.gte(0), z.lte(LAST_REVISION));

/** The number after this one. */
export function nextRevision(revision: Revision): Revision {
  return revision >= LAST_REVISION ? 1 : revision + 1;
}

/** Whether `a` comes after `b`, on the circle of 2³² numbers (RFC 1982); every document comes after none. */
export function isLater(a: Revision, b: Revision): boolean {
  if (b === NO_REVISION) return a !== NO_REVISION;
  const ahead = (a - b) >>> 0;
  return a !== NO_REVISION && ahead !== 0 && ahead < 0x8000_0000;
}

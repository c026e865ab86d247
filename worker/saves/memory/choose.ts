/**
 * Which memory of a cartridge counts where several workers keep it: that of the file on this worker, or a stored one.
 *
 * Each version has a time, which orders all versions. One that follows another has a later time, whatever the clocks of
 * the workers say; of two that do not, the one that was written later wins. A room that could not look at the store
 * gives its memory the time right after the one that it began with: it wins if nothing newer was stored, and loses
 * against everything else.
 *
 * @module
 */
import type { MemoryVersion } from "../keys.ts";

/** The latest rooms of which the newest memory is kept, of each game and owner; and of those beside them. */
const ROOMS_KEPT = 3;

/** What the file on this worker and the store had in common last. */
export interface Common {
  /** The time of the version; 0: nothing. */
  readonly at: number;
  /** SHA-256 of the memory. */
  readonly sum: string;
}

/** The file on this worker. */
export interface Local {
  /** SHA-256 of the memory. */
  readonly sum: string;
  /** When it was written, in milliseconds since 1970. */
  readonly changed: number;
}

/** `file`: the file stays. `stored`: the version takes its place; with `first` the file is stored before that, under this time. */
export type Choice = { readonly take: "file" } | {
  readonly take: "stored";
  readonly first?: number;
};

/** What a game begins with. `isUnseen`: the file was written by a room that could not look at the store. */
export function choose(
  { local, common, isUnseen, newest }: {
    readonly local: Local | undefined;
    readonly common: Common | undefined;
    readonly isUnseen: boolean;
    readonly newest: Pick<MemoryVersion, "at"> | undefined;
  },
): Choice {
  if (!newest) return { take: "file" };
  if (!local) return { take: "stored" };
  if (local.sum === common?.sum) {
    return newest.at > common.at ? { take: "stored" } : { take: "file" };
  }
  // Of a file without a common version nobody knows what it follows: nothing that is stored may be lost for it.
  const at = common
    ? nextTime({ changed: local.changed, common, isUnseen })
    : Math.max(0, Math.min(local.changed, newest.at - 1));
  return at > newest.at ? { take: "file" } : { take: "stored", first: at };
}

/** The time of the version that follows `common`. `changed`: when the memory was written. */
export function nextTime(
  { changed, common, isUnseen }: {
    readonly changed: number;
    readonly common: Common | undefined;
    readonly isUnseen: boolean;
  },
): number {
  const next = (common?.at ?? 0) + 1;
  return isUnseen ? next : Math.max(Math.floor(changed), next);
}

/** The versions of one file, the newest first; of two with the same time always the same one is first. */
export function newestFirst(versions: readonly MemoryVersion[]): MemoryVersion[] {
  return versions.toSorted((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
}

/** Of what does not follow the newest version: what a room wrote, and what was there before a room. */
const BESIDE = /~(?:beside|before)$/;

/** Names the writer of a version that does not follow the newest one, and is kept beside it. */
export function besideName(by: string): string {
  return BESIDE.test(by) ? by : `${by}~beside`;
}

/**
 * The keys that are too many of the versions of one file: older ones of a room, those of rooms whose newest version is
 * older than those of three others, and of the versions beside them those of earlier rooms, whose ids begin with their
 * time. The newest version stays, and the one that was just `written`.
 */
export function surplusVersions(versions: readonly MemoryVersion[], written?: string): string[] {
  const newest = newestFirst(versions);
  const writers = [...new Set(newest.map(({ by }) => by))];
  const kept = new Set([
    ...writers.filter((by) => !BESIDE.test(by)).slice(0, ROOMS_KEPT),
    ...writers.filter((by) => BESIDE.test(by)).sort().slice(-ROOMS_KEPT),
  ]);
  return newest.filter(({ by, key }, index) => !kept.delete(by) && index > 0 && key !== written)
    .map(({ key }) => key);
}

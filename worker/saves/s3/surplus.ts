/**
 * Which saves of people without an account, and of sessions, a bucket does not keep.
 *
 * @module
 */
import {
  GUEST_ENTRIES_KEPT,
  GUEST_IDLE,
  GUESTS_KEPT,
  isGuest,
} from "../../sources/owner_folders.ts";
import { PERSON_BYTES } from "../bounds.ts";
import { isRoomFile } from "../keys.ts";
import type { StoredFile } from "../ports.ts";

/** A session that wrote nothing for so long has ended, and nobody can load its saves any more, in milliseconds: 7 days. */
export const SESSION_IDLE = 7 * 24 * 3_600_000;
/** Sessions whose saves are kept; of more of them those that wrote last. */
export const SESSIONS_IN_BUCKET = 5_000;
/** Bytes of one owner: beside the saves of a person, as much for the states that rooms write by themselves. */
export const GUEST_BYTES = 2 * PERSON_BYTES;

/** An owner of saves, by when it last wrote one. */
export interface Owner {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** When the newest of these files was written; one of unknown time counts as new. */
export function lastChange(files: readonly StoredFile[], now: number): number {
  return Math.max(0, ...files.map(({ changed = now }) => changed));
}

/** The keys that are too many of all files of one guest or session. `now`: by the clock of the store. */
export function surplusOf(owner: string, files: readonly StoredFile[], now: number): string[] {
  const isOver = !isGuest(owner) && now - lastChange(files, now) >= SESSION_IDLE;
  if (isOver) return files.map(({ key }) => key);
  const apps = [...Map.groupBy(files, ({ key }) => key.split("/")[1] ?? "").values()]
    .sort((a, b) => lastChange(b, now) - lastChange(a, now));
  const kept = apps.slice(0, GUEST_ENTRIES_KEPT).flat();
  return [...apps.slice(GUEST_ENTRIES_KEPT).flat(), ...beyondBytes(kept, now)]
    .map(({ key }) => key);
}

/** Whether somebody who saved at this time may make place for another person. */
export function isIdle(changed: number, now: number): boolean {
  return now - changed >= GUEST_IDLE;
}

/**
 * The guests who make place while there are so many that a further one cannot save: of the idle ones those that wrote
 * nothing for longest. Others stay, for somebody who has signed in still loads what their browser saved before.
 */
export function surplusGuests(guests: readonly Owner[], now: number): string[] {
  return guests.filter(({ changed }) => isIdle(changed, now))
    .toSorted((a, b) => a.changed - b.changed)
    .slice(0, Math.max(0, guests.length - GUESTS_KEPT + 1))
    .map(({ name }) => name);
}

/** The sessions that are too many: those that wrote nothing for longest. */
export function surplusSessions(sessions: readonly Owner[]): string[] {
  return sessions.toSorted((a, b) => b.changed - a.changed).slice(SESSIONS_IN_BUCKET)
    .map(({ name }) => name);
}

/** The oldest states of rooms, until the rest fits. The newest one stays: its room may run. */
function beyondBytes(files: readonly StoredFile[], now: number): StoredFile[] {
  let left = files.reduce((total, { size }) => total + size, 0) - GUEST_BYTES;
  const rooms = files.filter(({ key }) => isRoomFile(key))
    .sort((a, b) => (a.changed ?? now) - (b.changed ?? now));
  return rooms.slice(0, -1).filter(({ size }) => {
    const isSurplus = left > 0;
    left -= size;
    return isSurplus;
  });
}

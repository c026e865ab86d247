/**
 * How much a person may keep: saves with a name, and bytes of one app and of all.
 *
 * @module
 */
import { fileOf, isRoomFile, memoryOf } from "./keys.ts";
import type { StoredFile } from "./ports.ts";

/** Saves without a name that are kept of each app; older ones are removed. */
export const QUICK_KEPT = 5;
/** Saves with a name of each app; a further one is refused. */
export const NAMED_MOST = 20;
/** Rooms whose states are kept of each app; those of older rooms are removed. */
export const ROOMS_KEPT = 20;
/** Bytes of one person's saves of one app. */
export const APP_BYTES = 64 * 1024 * 1024;
/** Bytes of one person's saves of all apps. */
export const PERSON_BYTES = 256 * 1024 * 1024;
/** Bytes of the states that rooms of one app wrote by themselves; the newest is always kept. */
export const ROOMS_BYTES = APP_BYTES / 2;

/** A save was refused because a bound is reached. */
export class SavesFull extends Error {}

/**
 * Whether a person may keep a further save. `files`: all of the person's; `prefix`: the folder of the app.
 *
 * @throws {SavesFull} with a sentence
 */
export function checkBounds(
  { files, prefix, isNamed, bytes }: {
    readonly files: readonly StoredFile[];
    readonly prefix: string;
    readonly isNamed: boolean;
    readonly bytes: number;
  },
): void {
  const ofApp = files.filter(({ key }) => key.startsWith(prefix) && isCounted(key));
  const named = ofApp.filter(({ key }) => fileOf(key)?.kind === "named").length;
  if (isNamed && named >= NAMED_MOST) {
    throw new SavesFull(`${NAMED_MOST} saves of a game have names: remove one first`);
  }
  if (sum(ofApp) + bytes > APP_BYTES) {
    throw new SavesFull(`The saves of one game take ${words(APP_BYTES)} at most: remove one first`);
  }
  const kept = files.filter(({ key }) => isCounted(key));
  if (sum(kept) + bytes > PERSON_BYTES) {
    throw new SavesFull(`Your saves take ${words(PERSON_BYTES)} at most: remove some first`);
  }
}

/** What rooms and cartridges write by themselves does not count. */
function isCounted(key: string): boolean {
  return !isRoomFile(key) && memoryOf(key) === undefined;
}

/** The states of rooms that are one too many beside `newest`, which is kept; `files` are those of one app. */
export function surplusRooms(files: readonly StoredFile[], newest: string): string[] {
  const rooms = files.filter(({ key }) => isRoomFile(key));
  // Ids of rooms begin with their time.
  const others = rooms.filter(({ key }) => key !== newest).sort((a, b) => a.key < b.key ? 1 : -1);
  let left = ROOMS_BYTES - sum(rooms.filter(({ key }) => key === newest));
  return others.filter(({ size }, index) => {
    left -= size;
    return index >= ROOMS_KEPT - 1 || left < 0;
  }).map(({ key }) => key);
}

function sum(files: readonly StoredFile[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}

function words(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

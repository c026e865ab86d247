/**
 * How much of the disk people without an account may take: how many of them, and how many apps each. Saved states and
 * memories of cartridges are each in a folder with one folder for each owner (`protocol/pass.ts`).
 *
 * @module
 */
import { namesIn } from "../../protocol/disk/names_in.ts";
import { basename, dirname, join } from "node:path";

/** Owners without an account that may have a folder; when there are so many, no other one can save. */
export const GUESTS_KEPT = 1_000;
/** Apps, or memories of cartridges, that one of them keeps; a further one takes the place of the oldest. */
export const GUEST_ENTRIES_KEPT = 100;
/** A guest who has saved nothing for so long makes place for another one, in milliseconds: 90 days. */
export const GUEST_IDLE = 90 * 24 * 3_600_000;
/** Sessions that have a folder. An ended session cannot load its saves, so the oldest ones are removed. */
const SESSIONS_KEPT = 50;

/** The ids of browsers and share links; those of sessions; both. Any other folder is left alone. */
const GUEST = /^(brw|shr)_/;
const SESSION = /^ses_/;

/** Whether this owner is a person without an account. */
export function isGuest(owner: string): boolean {
  return GUEST.test(owner);
}

/** Refuses the saves of another person without an account. */
export function tooManyGuests(): Error {
  return new Error(
    `Cannot save for another person without an account: ${GUESTS_KEPT} have saves here. Sign in to save`,
  );
}

/**
 * Sees to it that an owner may write `entry` into the folder of that owner. People with an account always may; no
 * owner's place is taken by another one's saves.
 *
 * @throws {Error} when there are {@linkcode GUESTS_KEPT} guests
 */
export function makePlace(
  folder: string,
  { entry, now }: {
    /** The name of the app's folder, or of the file. */
    readonly entry: string;
    /** Milliseconds since 1970. */
    readonly now: number;
  },
): void {
  const owner = basename(folder);
  if (!isGuest(owner) && !SESSION.test(owner)) return;
  const entries = namesIn(folder);
  if (entries.includes(entry)) return;
  if (entries.length === 0) makePlaceForOwner(dirname(folder), { owner, now });
  const surplus = entries.length - GUEST_ENTRIES_KEPT + 1;
  if (surplus <= 0) return;
  const oldest = entries.map((name) => ({ name, at: changedAt(join(folder, name)) }))
    .sort((a, b) => a.at - b.at).slice(0, surplus);
  for (const { name } of oldest) remove(join(folder, name));
}

function makePlaceForOwner(root: string, { owner, now }: { owner: string; now: number }): void {
  const others = namesIn(root).filter((name) => name !== owner);
  if (SESSION.test(owner)) {
    const sessions = others.filter((name) => SESSION.test(name)).sort();
    for (const old of sessions.slice(0, Math.max(0, sessions.length - SESSIONS_KEPT + 1))) {
      remove(join(root, old));
    }
    return;
  }
  const guests = others.filter(isGuest);
  if (guests.length < GUESTS_KEPT) return;
  const [idlest] = guests.map((name) => ({ name, at: lastSaved(join(root, name)) }))
    .sort((a, b) => a.at - b.at);
  if (!idlest || now - idlest.at < GUEST_IDLE) throw tooManyGuests();
  remove(join(root, idlest.name));
}

/** When an owner's newest entry was saved, in milliseconds since 1970. */
function lastSaved(folder: string): number {
  return Math.max(0, ...namesIn(folder).map((name) => changedAt(join(folder, name))));
}

function changedAt(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    // It is gone already: another room may have removed it.
    return 0;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It is gone already: another room may have removed it.
  }
}

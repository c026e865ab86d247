/**
 * Saved states on disk. Each owner has a folder: a person, a browser, a share link or a session (`protocol/pass.ts`).
 * In it each app has a folder with its five newest states, compressed with gzip and named by their
 * time; its subfolder `rooms` holds the states in which rooms were left, named by room.
 *
 * @module
 */
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { AppId, RoomId } from "../../protocol/ids.ts";

/** States kept of each app; older ones are removed. */
const KEPT = 5;
/** The subfolder of an app for the states in which its rooms were left. Room ids begin with their time. */
const ROOMS = "rooms";
/** Rooms whose states are kept of each app; the states of older rooms are removed. */
const ROOMS_KEPT = 20;
const ENDING = ".state.gz";
/** No picture is sent while a state is compressed: 8 MiB take 45 ms at this level, and 265 ms at the default one. */
const FAST = { level: constants.Z_BEST_SPEED };

/** Owners without an account that may have saves; when there are so many, no other one can save. */
export const GUESTS_KEPT = 1_000;
/** A guest who has saved nothing for so long makes place for another one, in milliseconds: 90 days. */
const GUEST_IDLE = 90 * 24 * 3_600_000;
/** Sessions that have saves. An ended session cannot load its saves, so the oldest ones are removed. */
const SESSIONS_KEPT = 50;

/** The saved states that one player may load, of all apps. */
export interface Saves {
  /**
   * Writes a state; returns its size on disk in bytes after it was synced to the disk. `at`: milliseconds since 1970.
   *
   * @throws {Error} the file system's; the older states are unchanged
   */
  write(app: AppId, save: { state: Uint8Array; at: EpochMillis }): Promise<number>;
  /**
   * The newest state that can be read, or `undefined` when there is none. A damaged file does not hide older ones.
   *
   * @throws {Error} that of the newest file, when there are files and none can be read
   */
  newest(app: AppId): Promise<Uint8Array | undefined>;
  /** Every state that can be read, the newest first. */
  all(app: AppId): AsyncIterable<Uint8Array>;
  /**
   * Writes the state in which a room was left, in place of an earlier one of this room.
   *
   * @throws {Error} the file system's
   */
  writeRoom(app: AppId, room: RoomId, state: Uint8Array): Promise<void>;
  /**
   * The state in which a room was left, or `undefined` when there is none.
   *
   * @throws {Error} the file system's, when the file cannot be read
   */
  ofRoom(app: AppId, room: RoomId): Promise<Uint8Array | undefined>;
}

/**
 * Opens the saved states below `root` for an owner: what is saved belongs to the first of `holders`, and what is loaded
 * to any of them.
 */
export function openSaves(root: string, clock: Clock): (holders: readonly string[]) => Saves {
  return (holders) => {
    const each = holders.map((holder) => createSaves(join(root, holder)));
    const [first] = holders;
    const own = async () => {
      const [saves] = each;
      if (!saves || !first) throw new Error("Cannot save: the session has no owner");
      await makePlace(root, first, clock.epoch());
      return saves;
    };
    return {
      write: async (app, state) => await (await own()).write(app, state),
      writeRoom: async (app, room, state) => await (await own()).writeRoom(app, room, state),
      newest: (app) => firstOf(each, (saves) => saves.newest(app)),
      ofRoom: (app, room) => firstOf(each, (saves) => saves.ofRoom(app, room)),
      async *all(app) {
        for (const saves of each) yield* saves.all(app);
      },
    };
  };
}

async function firstOf(
  each: readonly Saves[],
  look: (saves: Saves) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  for (const saves of each) {
    const state = await look(saves);
    if (state) return state;
  }
  return undefined;
}

/**
 * Sees to it that a new owner's folder fits. People with an account always have place; no owner's place is taken by
 * another one's saves.
 *
 * @throws {Error} when there are {@linkcode GUESTS_KEPT} guests
 */
async function makePlace(root: string, holder: string, now: EpochMillis): Promise<void> {
  if (holder.startsWith("usr_")) return;
  const names = (await entriesOf(root)).filter((name) => !name.startsWith("usr_"));
  if (names.includes(holder)) return;
  const sessions = names.filter((name) => name.startsWith("ses_")).sort();
  if (holder.startsWith("ses_")) {
    for (const old of sessions.slice(0, Math.max(0, sessions.length - SESSIONS_KEPT + 1))) {
      await removeFolder(join(root, old));
    }
    return;
  }
  const guests = names.filter((name) => !name.startsWith("ses_"));
  if (guests.length < GUESTS_KEPT) return;
  for (const guest of guests) {
    if (now - await lastSaved(join(root, guest)) < GUEST_IDLE) continue;
    await removeFolder(join(root, guest));
    return;
  }
  throw new Error(
    `Cannot save for another person without an account: ${GUESTS_KEPT} have saves here. Sign in to save`,
  );
}

/** When the newest state of an owner was saved, in milliseconds since 1970. */
async function lastSaved(folder: string): Promise<number> {
  const times = (await entriesOf(folder)).map(async (app) => {
    const { mtime } = await Deno.stat(join(folder, app));
    return mtime?.getTime() ?? 0;
  });
  return Math.max(0, ...await Promise.all(times));
}

/** A folder that is gone already is no failure: another room may have removed it. */
async function removeFolder(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}

/** Opens the saved states in `folder`, which is made with the first state. */
export function createSaves(folder: string): Saves {
  return {
    async write(app, { state, at }) {
      const place = join(folder, app);
      const packed = gzipSync(state, FAST);
      await writeDurably(join(place, `${at}.state.gz`), packed, { mode: 0o644 });
      // An older state that cannot be removed is no failure: another room of the app may have removed it already.
      for (const old of (await list(place)).slice(KEPT)) {
        await Deno.remove(join(place, old)).catch(() => {});
      }
      return packed.length;
    },
    async newest(app) {
      let fault: { error: unknown } | undefined;
      for (const name of await list(join(folder, app))) {
        try {
          return await read(join(folder, app, name));
        } catch (error) {
          fault ??= { error };
        }
      }
      if (fault) throw fault.error;
      return undefined;
    },
    async *all(app) {
      for (const name of await list(join(folder, app))) {
        const state = await read(join(folder, app, name)).catch(() => undefined);
        if (state) yield state;
      }
    },
    async writeRoom(app, room, state) {
      const place = join(folder, app, ROOMS);
      await writeDurably(join(place, `${room}${ENDING}`), gzipSync(state, FAST), { mode: 0o644 });
      for (const old of (await list(place)).slice(ROOMS_KEPT)) {
        await Deno.remove(join(place, old)).catch(() => {});
      }
    },
    async ofRoom(app, room) {
      const name = `${room}${ENDING}`;
      const place = join(folder, app, ROOMS);
      if (!(await list(place)).includes(name)) return undefined;
      return await read(join(place, name));
    },
  };
}

async function read(file: string): Promise<Uint8Array> {
  return new Uint8Array(gunzipSync(await Deno.readFile(file)));
}

/** State files, newest first: their names begin with the time. */
async function list(place: string): Promise<string[]> {
  return (await entriesOf(place)).filter((name) => name.endsWith(ENDING)).sort().reverse();
}

/** The names in a folder; none when it does not exist. */
async function entriesOf(place: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(place))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

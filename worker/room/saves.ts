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
import { makePlace } from "../sources/owner_folders.ts";

/** States kept of each app; older ones are removed. */
const KEPT = 5;
/** The subfolder of an app for the states in which its rooms were left. Room ids begin with their time. */
const ROOMS = "rooms";
/** Rooms whose states are kept of each app; the states of older rooms are removed. */
const ROOMS_KEPT = 20;
const ENDING = ".state.gz";
/** No picture is sent while a state is compressed: 8 MiB take 45 ms at this level, and 265 ms at the default one. */
const FAST = { level: constants.Z_BEST_SPEED };

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
    const own = (app: AppId) => {
      const [saves] = each;
      if (!saves || !first) throw new Error("Cannot save: the session has no owner");
      makePlace(join(root, first), { entry: app, now: clock.epoch() });
      return saves;
    };
    return {
      write: async (app, state) => await own(app).write(app, state),
      writeRoom: async (app, room, state) => await own(app).writeRoom(app, room, state),
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

/**
 * Saved states on disk: one folder for each app, in which the newest five are kept, packed with gzip and named by
 * their time; in `rooms/` the states in which rooms were left, named by room.
 *
 * @module
 */
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import type { EpochMillis } from "../../protocol/clock.ts";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { AppId, RoomId } from "../../protocol/ids.ts";

/** Older states than this many are removed. */
const KEPT = 5;
/** In an app's folder: the states in which its rooms were left, by room. Room ids begin with their time. */
const ROOMS = "rooms";
/** States of older rooms than this many are removed. */
const ROOMS_KEPT = 20;
const ENDING = ".state.gz";
/** The room's pictures wait while a state is packed: one of 8 MiB takes 45 ms like this, 265 ms by default. */
const FAST = { level: constants.Z_BEST_SPEED };

/** The saved states of all apps of a worker. */
export interface Saves {
  /**
   * Keeps a state; returns its size on disk in bytes, once it is on the medium.
   *
   * @throws the file system's error; the states kept before are there as they were
   */
  write(app: AppId, save: { state: Uint8Array; at: EpochMillis }): Promise<number>;
  /**
   * The newest state that can be read, or `undefined` when there is none: a damaged file does not hide older ones.
   *
   * @throws the error of the newest file when there are files and none can be read
   */
  newest(app: AppId): Promise<Uint8Array | undefined>;
  /** Every state that can be read, the newest first. */
  all(app: AppId): AsyncIterable<Uint8Array>;
  /**
   * Keeps the state in which a room was left, in place of an earlier one of this room.
   *
   * @throws the file system's error
   */
  writeRoom(app: AppId, room: RoomId, state: Uint8Array): Promise<void>;
  /**
   * The state in which a room was left, or `undefined` when there is none.
   *
   * @throws the error of a file that cannot be read
   */
  ofRoom(app: AppId, room: RoomId): Promise<Uint8Array | undefined>;
}

/** The saved states in `folder`. */
export function createSaves(folder: string): Saves {
  return {
    async write(app, { state, at }) {
      const place = join(folder, app);
      const packed = gzipSync(state, FAST);
      await writeDurably(join(place, `${at}.state.gz`), packed, { mode: 0o644 });
      // The state is kept whether or not an older one goes; rooms with the same app may both remove it.
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
  try {
    const entries = await Array.fromAsync(Deno.readDir(place));
    return entries.map(({ name }) => name).filter((name) => name.endsWith(ENDING)).sort()
      .reverse();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * The saves of people. Each owner has a folder in the store: a person, a browser, a share link or a session
 * (`protocol/pass.ts`). In it each app has its saves, named by their time, and in `rooms` the states that its rooms
 * wrote by themselves, named by room.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";
import type { AppId, RoomId } from "../../protocol/ids.ts";
import type { CoreVersion, SaveEntry, SaveId } from "../../protocol/saves/save.ts";
import type { StateOptions } from "./state_options.ts";
import { checkBounds, QUICK_KEPT, surplusRooms } from "./bounds.ts";
import { fileOf, isRoomFile, newKey, nextSaveTime, roomKey, saveKeys } from "./keys.ts";
import type { SaveStore } from "./ports.ts";
import {
  FIRST_BYTES,
  packSave,
  readHead,
  readSave,
  renameSave,
  type SaveHead,
  type SaveState,
} from "./save_file.ts";

/** What is kept with a state. */
interface AboutSave {
  readonly at: EpochMillis;
  /** Without a name it is one of the few newest that are kept. */
  readonly name?: string | undefined;
  /** PNG. */
  readonly picture?: Uint8Array | undefined;
  readonly core?: CoreVersion | undefined;
}

/** A state to be kept. */
export interface NewSave extends AboutSave {
  readonly state: Uint8Array;
}

/** The state of a room to be kept. */
export interface RoomSave extends NewSave {
  /** How often the room was moved to another worker; 0 when absent. */
  readonly generation?: number;
  /** The options that the state is of. */
  readonly options?: StateOptions | undefined;
}

/** A state that was kept. `head` is absent of saves of earlier releases. */
export interface LoadedSave {
  readonly state: Uint8Array;
  readonly head?: SaveHead;
}

/** Rooms whose states are shown in a list. */
const ROOMS_SHOWN = 3;
/** Heads that are read at once. */
const READ_AT_ONCE = 4;

/** The saves that one player may load, of all apps; those that the player writes are the first holder's. */
export interface Saves {
  /**
   * Writes a save; returns its id, and its size in bytes once it is kept.
   *
   * @throws {Error} with a sentence; {@linkcode SavesFull} when there is no room for it. The older saves are unchanged
   */
  write(
    app: AppId,
    save: AboutSave & SaveState,
  ): Promise<{ readonly id: SaveId; readonly bytes: number }>;
  /**
   * The newest save that can be read, or `undefined` when there is none. A damaged one does not hide older ones.
   *
   * @throws {Error} that of the newest, when there are saves and none can be read
   */
  newest(app: AppId): Promise<LoadedSave | undefined>;
  /** Every save that can be read, the newest first. */
  all(app: AppId): AsyncIterable<LoadedSave>;
  /**
   * One save; `undefined` when there is none of this id.
   *
   * @throws {Error} with a sentence, when it cannot be read
   */
  load(app: AppId, id: SaveId): Promise<LoadedSave | undefined>;
  /** The saves, the newest first, with the newest of those that rooms wrote by themselves. */
  list(app: AppId): Promise<SaveEntry[]>;
  /** The bytes of a save, as they are kept. */
  file(app: AppId, id: SaveId): Promise<Uint8Array | undefined>;
  /** The picture of a save. */
  picture(app: AppId, id: SaveId): Promise<Uint8Array | undefined>;
  /** Names a save of the first holder. False when there is none of this id. */
  rename(app: AppId, id: SaveId, name: string): Promise<boolean>;
  /** Removes a save of the first holder. False when there is none of this id. */
  remove(app: AppId, id: SaveId): Promise<boolean>;
  /**
   * Writes the state of a room, in place of an earlier one of this room and generation. A room that was moved to
   * another worker goes on there with the next generation.
   *
   * @throws {Error} with a sentence
   */
  writeRoom(app: AppId, room: RoomId, save: RoomSave): Promise<void>;
  /**
   * The newest state of a room's newest generation, or `undefined` when there is none.
   *
   * @throws {Error} with a sentence, when it cannot be read
   */
  ofRoom(app: AppId, room: RoomId): Promise<LoadedSave | undefined>;
}

/** Opens saves in a store: what is saved belongs to the first of `holders`, and what is loaded to any of them. */
export function openSaves(store: SaveStore): (holders: readonly string[]) => Saves {
  const written = new Map<string, string>();
  return (holders) => createSaves(store, holders, written);
}

/** `written`: the newest save that was begun here in each folder. */
function createSaves(
  store: SaveStore,
  holders: readonly string[],
  written: Map<string, string>,
): Saves {
  const [owner] = holders;

  function own(): string {
    if (owner === undefined) throw new Error("Cannot save: the session has no owner");
    return owner;
  }

  /** The keys of saves of an app, the newest first; those of the first holder come first. */
  async function keysOf(app: AppId): Promise<string[]> {
    const each = holders.map(async (holder) => {
      const files = await store.list(`${holder}/${app}/`);
      return saveKeys(files.map(({ key }) => key));
    });
    return (await Promise.all(each)).flat();
  }

  async function read(key: string): Promise<LoadedSave | undefined> {
    const file = await store.get(key);
    return file && await readSave(file);
  }

  async function find(
    app: AppId,
    id: SaveId,
    among: readonly string[],
  ): Promise<string | undefined> {
    for (const holder of among) {
      const files = await store.list(`${holder}/${app}/`);
      const found = files.find(({ key }) =>
        fileOf(key)?.id === id && fileOf(key)?.kind !== "quick"
      ) ??
        files.find(({ key }) => fileOf(key)?.id === id);
      if (found) return found.key;
    }
    return undefined;
  }

  async function entryOf(app: AppId, { key, size }: { key: string; size: number }) {
    const file = fileOf(key);
    if (!file) return undefined;
    try {
      const first = await store.get(key, { first: FIRST_BYTES });
      if (!first) return undefined;
      const { head, picture } = readHead(first);
      if (head && head.app !== app) return undefined;
      const at = head?.saved_at ?? file.at;
      if (at === undefined) return undefined;
      return {
        id: file.id,
        kind: file.kind,
        ...(head?.name !== undefined && { name: head.name }),
        saved_at: at,
        bytes: size,
        ...(head?.core && { core: head.core }),
        own: key.startsWith(`${owner}/`),
        picture: picture !== undefined,
      } satisfies SaveEntry;
    } catch {
      // A damaged save is not offered; loading the newest one names it.
      return undefined;
    }
  }

  return {
    async write(app, { at, name, picture, core, ...state }) {
      const holder = own();
      const head = {
        app,
        saved_at: at,
        ...(name !== undefined && { name }),
        ...(core && { core }),
      };
      const file = await packSave({ head, ...state, ...(picture && { picture }) });
      const files = await store.list(`${holder}/`);
      const prefix = `${holder}/${app}/`;
      checkBounds({ files, prefix, isNamed: name !== undefined, bytes: file.length });
      const others = [...files.map(({ key }) => key), written.get(prefix) ?? ""];
      const time = nextSaveTime(others, prefix, at);
      const { id, key } = newKey(prefix, time, { isNamed: name !== undefined });
      written.set(prefix, key);
      await store.put(key, file);
      const quick = saveKeys([...files.map(({ key }) => key), key])
        .filter((each) => each.startsWith(prefix) && fileOf(each)?.kind === "quick");
      // An older save that cannot be removed is no failure: another room of the app may have removed it already.
      for (const old of quick.slice(QUICK_KEPT)) await store.remove(old).catch(() => {});
      return { id, bytes: file.length };
    },
    async newest(app) {
      let fault: { error: unknown } | undefined;
      for (const key of await keysOf(app)) {
        try {
          const save = await read(key);
          if (save) return save;
        } catch (error) {
          fault ??= { error };
        }
      }
      if (fault) throw fault.error;
      return undefined;
    },
    async *all(app) {
      for (const key of await keysOf(app)) {
        const save = await read(key).catch(() => undefined);
        if (save) yield save;
      }
    },
    async load(app, id) {
      const key = await find(app, id, holders);
      return key === undefined ? undefined : await read(key);
    },
    async list(app) {
      const files = (await Promise.all(holders.map((holder) => store.list(`${holder}/${app}/`))))
        .flat();
      const rooms = files.filter(({ key }) => isRoomFile(key))
        .sort((a, b) => a.key < b.key ? 1 : -1).slice(0, ROOMS_SHOWN);
      const shown = [...files.filter(({ key }) => !isRoomFile(key)), ...rooms];
      const entries: { readonly entry: SaveEntry; readonly at: number }[] = [];
      for (let at = 0; at < shown.length; at += READ_AT_ONCE) {
        const some = shown.slice(at, at + READ_AT_ONCE);
        const several = await Promise.all(some.map((file) => entryOf(app, file)));
        for (const [n, entry] of several.entries()) {
          if (entry) entries.push({ entry, at: fileOf(some[n]!.key)?.at ?? entry.saved_at });
        }
      }
      return entries.sort((a, b) => b.at - a.at).map(({ entry }) => entry);
    },
    async picture(app, id) {
      const key = await find(app, id, holders);
      const first = key === undefined ? undefined : await store.get(key, { first: FIRST_BYTES });
      return first && readHead(first).picture;
    },
    async file(app, id) {
      const key = await find(app, id, holders);
      return key === undefined ? undefined : await store.get(key);
    },
    async rename(app, id, name) {
      const key = await find(app, id, [own()]);
      const file = key === undefined ? undefined : await store.get(key);
      if (key === undefined || !file || isRoomFile(key)) return false;
      const prefix = `${own()}/${app}/`;
      const isNamed = fileOf(key)?.kind === "named";
      const others = (await store.list(`${own()}/`)).filter((each) => each.key !== key);
      checkBounds({ files: others, prefix, isNamed: true, bytes: file.length });
      const renamed = newKey(prefix, Number(id), { isNamed: true });
      await store.put(renamed.key, await renameSave(file, name));
      if (!isNamed) await store.remove(key);
      return true;
    },
    async remove(app, id) {
      const key = await find(app, id, [own()]);
      if (key !== undefined) await store.remove(key);
      return key !== undefined;
    },
    async writeRoom(app, room, { at, picture, core, options, generation = 0, state }) {
      const prefix = `${own()}/${app}/`;
      const head = { app, saved_at: at, ...(core && { core }), ...(options && { options }) };
      const file = await packSave({ head, state, ...(picture && { picture }) });
      const key = roomKey(prefix, room, generation);
      await store.put(key, file);
      // The state is kept; older ones can be removed after the next write as well.
      const files = await store.list(prefix).catch(() => []);
      for (const old of surplusRooms(files, key)) await store.remove(old).catch(() => {});
    },
    async ofRoom(app, room) {
      for (const holder of holders) {
        const files = await store.list(`${holder}/${app}/`);
        const newest = files.map(({ key }) => ({ key, file: fileOf(key) }))
          .filter(({ file }) => file?.room === room)
          .sort((a, b) => (b.file?.generation ?? 0) - (a.file?.generation ?? 0))[0];
        if (newest) return await read(newest.key);
      }
      return undefined;
    },
  };
}

/**
 * The memory of one game of one owner, where several workers share it: the newest is fetched before a room opens the
 * game, and what the room's file holds is stored when it has changed. The file stays what the room reads and writes.
 *
 * ```text
 *  open ──fetched──▶ newest ◀──nothing newer is stored── unseen ◀──the store cannot be read── open
 *                      │                                  │ └──a newer one is stored──▶ older
 *                      └────────────▶ close ◀─────────────┴───────────────────────────────┘
 * ```
 *
 * @module
 */
import { basename, join } from "node:path";
import type { Clock } from "../../../protocol/clock.ts";
import type { AppId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";
import type { MemoryTrouble } from "../../../protocol/room_state/components.ts";
import { sramStem } from "../../sources/sram_file.ts";
import { memoryOf, memoryPrefix, type MemoryVersion, memoryVersion } from "../keys.ts";
import type { SaveStore } from "../ports.ts";
import { packSave, readSave } from "../save_file.ts";
import { besideName, choose, newestFirst, nextTime, surplusVersions } from "./choose.ts";
import { type Followed, followName } from "./follow_name.ts";
import {
  filesOf,
  type LocalFile,
  MAX_MEMORY,
  readLocal,
  sumOf,
  writeLocal,
} from "./local_files.ts";
import type { MemoryNote, MemoryNotes } from "./notes.ts";

/** A game of an owner. */
export interface OwnedGame {
  readonly holder: string;
  readonly app: AppId;
  /** Name or path of the game. */
  readonly rom: string;
  /** Where a room keeps its memory. */
  readonly folder: string;
}

/** The dependencies of a shared memory. */
export interface MemoryPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: SaveStore;
  readonly notes: MemoryNotes;
}

/** The memory of one game of one owner. Its methods are called one after another. */
export class GameMemory {
  readonly #ports: MemoryPorts;
  #game: OwnedGame;
  readonly #prefix: string;
  #note: MemoryNote;
  #trouble: MemoryTrouble | undefined;
  /** Size and time of each file that needs no further look. */
  readonly #looked = new Map<string, string>();
  /** The newest version that this room has stored, of each file, while none of another room was newer. */
  readonly #stored = new Map<string, MemoryVersion>();

  /** `note`: of a room that has ended. */
  constructor(ports: MemoryPorts, game: OwnedGame, note?: MemoryNote) {
    this.#ports = ports;
    this.#game = game;
    this.#prefix = memoryPrefix(game.holder, game.app);
    this.#note = note ??
      { rom: basename(game.rom), by: "-", state: "open", isUnseen: true, files: {} };
  }

  /** Why the memory of the room may not be the newest; `undefined`: it is. */
  get trouble(): MemoryTrouble | undefined {
    return this.#trouble;
  }

  /**
   * Fetches the newest memory for the room `by`, unless its game `isOpen` by then. `game`: with its present name, if
   * that is another one. Never rejects.
   */
  async open(by: string, isOpen: () => boolean, game = this.#game): Promise<void> {
    const { store, notes, log } = this.#ports;
    const { holder, app } = game;
    const rom = basename(game.rom);
    const isRenamed = rom !== basename(this.#game.rom);
    const noted = isRenamed ? this.#note : await notes.read(holder, app);
    const before = noted && noted.rom !== rom ? await this.#follow(game, noted, isOpen) : noted;
    this.#game = game;
    this.#trouble = "unseen";
    this.#looked.clear();
    this.#stored.clear();
    this.#note = { rom, by, state: "open", isUnseen: true, files: before?.files ?? {} };
    try {
      const [files] = await Promise.all([store.list(this.#prefix), this.#write()]);
      const versions = Map.groupBy(versionsIn(files), ({ file }) => file);
      for (const { file } of await this.#files()) if (!versions.has(file)) versions.set(file, []);
      for (const [file, each] of versions) {
        await this.#begin(file, { versions: newestFirst(each), before, isOpen });
      }
      checkTime(isOpen);
      this.#note.isUnseen = false;
      this.#trouble = undefined;
    } catch (error) {
      log.warn("memory of a cartridge not fetched", { holder, app, error });
    }
    await this.#write();
  }

  /**
   * Stores what has changed.
   *
   * @throws {Error} with a sentence, when that fails
   */
  async look(): Promise<void> {
    const files = await this.#files();
    if (this.#note.isUnseen && this.#trouble !== "older") await this.#settle();
    for (const found of files) {
      const { file } = found;
      const shape = `${found.size} ${found.changed}`;
      if (this.#looked.get(file) === shape) continue;
      await this.#keep(found);
      this.#looked.set(file, shape);
    }
  }

  /**
   * Stores what has changed after the last room has ended.
   *
   * @throws {Error} with a sentence, when that fails: then it is still to be done
   */
  async close(): Promise<void> {
    await this.look();
    this.#note.state = "stored";
    await this.#write();
  }

  /** Gives the game what it has under another name. What cannot be given is stored from there. */
  async #follow(
    game: OwnedGame,
    noted: MemoryNote,
    isOpen: () => boolean,
  ): Promise<MemoryNote | undefined> {
    const renamed = { folder: game.folder, rom: basename(game.rom) };
    const warn = (sentence: string, error: unknown) =>
      this.#ports.log.warn(sentence, {
        ...{ holder: game.holder, app: game.app, rom: noted.rom, error },
      });
    let followed: Followed | undefined;
    try {
      followed = await followName(renamed, noted, isOpen);
      if (followed.faults.length === 0) return followed.note;
      warn("memory of a cartridge stays under the old name of its game", followed.faults[0]);
      this.#game = { ...game, rom: noted.rom };
      this.#note = noted;
      this.#looked.clear();
      await this.look();
    } catch (error) {
      warn("memory of a cartridge not stored: its game has another name", error);
    }
    return followed?.note;
  }

  /** Puts the newest version that can be used in place of the file, or keeps the file. */
  async #begin(
    file: string,
    { versions, before, isOpen }: {
      readonly versions: readonly MemoryVersion[];
      readonly before: MemoryNote | undefined;
      readonly isOpen: () => boolean;
    },
  ): Promise<void> {
    const local = await this.#local(file);
    checkTime(isOpen);
    const common = before?.files[file];
    const at = Math.max(common?.at ?? 0, versions[0]?.at ?? 0);
    const isUnseen = before?.isUnseen ?? false;
    for (const newest of versions) {
      const choice = choose({ local, common, isUnseen, newest });
      if (choice.take === "file") break;
      const bytes = await this.#fetch(newest);
      if (!bytes) continue;
      const sum = sumOf(bytes);
      if (local && local.sum !== sum && choice.first !== undefined) {
        const by = before?.by ?? `${this.#note.by}~before`;
        await this.#store(file, { ...local, at: choice.first, by });
      }
      checkTime(isOpen);
      if (local?.sum !== sum) await writeLocal(this.#game.folder, this.#nameOf(file), bytes);
      // The game may have opened while its file was replaced, and have the one before.
      checkTime(isOpen);
      this.#note.files[file] = { at, sum };
      return;
    }
    // What the store has lost, or cannot give any more, is stored anew.
    const isStored = local?.sum === common?.sum && at === common?.at && versions.length > 0;
    this.#note.files[file] = { at, sum: isStored ? common!.sum : "" };
  }

  /** Looks at the store for a room that began without that. */
  async #settle(): Promise<void> {
    const versions = versionsIn(await this.#ports.store.list(this.#prefix));
    const isOlder = versions.some(({ file, at, by }) =>
      by !== this.#note.by && at > (this.#note.files[file]?.at ?? 0)
    );
    this.#trouble = isOlder ? "older" : undefined;
    this.#note.isUnseen = isOlder;
    const { holder, app } = this.#game;
    if (isOlder) this.#ports.log.warn("a newer memory of a cartridge is stored", { holder, app });
    await this.#write();
  }

  async #keep({ file, size, changed }: LocalFile): Promise<void> {
    if (size > MAX_MEMORY) {
      const { holder, app } = this.#game;
      return this.#ports.log.warn("memory of a cartridge not shared: it is too large", {
        ...{ holder, app, size },
      });
    }
    const local = await this.#local(file, changed);
    const common = this.#note.files[file];
    if (!local || local.sum === common?.sum) return;
    const at = nextTime({ changed: local.changed, common, isUnseen: this.#note.isUnseen });
    await this.#store(file, { ...local, at, by: this.#note.by });
    this.#note.files[file] = { at, sum: local.sum };
    await this.#write();
  }

  async #store(
    file: string,
    { bytes, at, by }: { readonly bytes: Uint8Array; readonly at: number; readonly by: string },
  ): Promise<void> {
    const { store } = this.#ports;
    const before = this.#stored.get(file);
    // After a failed write the store is looked at again: others may have gone on meanwhile.
    this.#stored.delete(file);
    const kept = before ? [before] : await this.#versions(file);
    const beside = besideName(by);
    const isBeside = !before &&
      kept.some((each) => each.by !== by && each.by !== beside && each.at >= at);
    const version = memoryVersion(this.#prefix, { file, at, by: isBeside ? beside : by });
    const head = { app: this.#game.app, saved_at: at, memory: file };
    await store.put(version.key, await packSave({ head, state: bytes }));
    const others = kept.filter(({ key }) => key !== version.key);
    for (const key of surplusVersions([...others, version], version.key)) {
      await store.remove(key).catch(() => {});
    }
    if (by === this.#note.by && !isBeside) this.#stored.set(file, version);
  }

  async #versions(file: string): Promise<MemoryVersion[]> {
    const versions = versionsIn(await this.#ports.store.list(this.#prefix));
    return versions.filter((each) => each.file === file);
  }

  /** The memory of a version; `undefined` when it is damaged, or of another game. */
  async #fetch({ key, file, at }: MemoryVersion): Promise<Uint8Array | undefined> {
    const { store, log } = this.#ports;
    const stored = await store.get(key);
    if (!stored) return undefined;
    try {
      const { head, state } = await readSave(stored);
      const isOwn = head?.app === this.#game.app && head.memory === file && head.saved_at === at;
      if (isOwn && state.length <= MAX_MEMORY) return state;
      log.warn("memory of a cartridge refused: it is of another game", { key });
    } catch (error) {
      log.warn("memory of a cartridge refused", { key, error });
    }
    return undefined;
  }

  /** `changed`: when it was written, if that is known. */
  async #local(file: string, changed?: number) {
    const bytes = await readLocal(join(this.#game.folder, this.#nameOf(file)));
    // An empty file holds no memory.
    if (!bytes || bytes.length === 0) return undefined;
    const at = changed ?? (await this.#files()).find((each) => each.file === file)?.changed ?? 0;
    // The time of a file may be wrong.
    return { bytes, sum: sumOf(bytes), changed: Math.min(at, this.#ports.clock.epoch()) };
  }

  #files(): Promise<LocalFile[]> {
    return filesOf(this.#game.folder, sramStem(this.#game.rom));
  }

  #nameOf(file: string): string {
    return `${sramStem(this.#game.rom)}${file}`;
  }

  /** Without the note a later start of this worker finds the file older than what is stored, and both are kept. */
  async #write(): Promise<void> {
    const { notes, log } = this.#ports;
    const { holder, app } = this.#game;
    try {
      await notes.write(holder, app, this.#note);
    } catch (error) {
      log.warn("memory of a cartridge not noted", { holder, app, error });
    }
  }
}

function versionsIn(files: readonly { readonly key: string }[]): MemoryVersion[] {
  return files.flatMap(({ key }) => memoryOf(key) ?? []);
}

/** @throws {Error} when the game is open: its file is not replaced any more */
function checkTime(isOpen: () => boolean): void {
  if (isOpen()) throw new Error("The store of saves did not answer in time");
}

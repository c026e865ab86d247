/**
 * Gives a game whose file has another name the memory that it has under the old one on this worker. The old files stay:
 * another game may have that name.
 *
 * @module
 */
import { join } from "node:path";
import { sramStem } from "../../sources/sram_file.ts";
import { filesOf, type LocalFile, readLocal, sumOf, writeLocal } from "./local_files.ts";
import type { MemoryNote } from "./notes.ts";

/** The game, with its present name. */
export interface RenamedGame {
  /** Where a room keeps its memory. */
  readonly folder: string;
  readonly rom: string;
}

/** What became of it. */
export interface Followed {
  /** What is noted of the game under its present name. */
  readonly note: MemoryNote;
  /** Why files of the old name hold what the present one has not; empty: it has all. */
  readonly faults: readonly Error[];
}

/**
 * Copies the files of the name in `note`. One that would replace another memory, and one that comes after the game
 * `isOpen`, is left.
 *
 * @throws {Error} the file system's, where the folder cannot be listed
 */
export async function followName(
  game: RenamedGame,
  note: MemoryNote,
  isOpen: () => boolean,
): Promise<Followed> {
  const files: MemoryNote["files"] = {};
  const faults: Error[] = [];
  for (const found of await filesOf(game.folder, sramStem(note.rom))) {
    try {
      await copy(game, note.rom, found, isOpen);
      const common = note.files[found.file];
      if (common) files[found.file] = common;
    } catch (error) {
      faults.push(error as Error);
    }
  }
  return { note: { ...note, rom: game.rom, files }, faults };
}

async function copy(
  { folder, rom }: RenamedGame,
  before: string,
  { file, changed }: LocalFile,
  isOpen: () => boolean,
): Promise<void> {
  const bytes = await readLocal(join(folder, `${sramStem(before)}${file}`));
  // An empty file holds no memory.
  if (!bytes?.length) return;
  const name = `${sramStem(rom)}${file}`;
  const there = await readLocal(join(folder, name));
  if (there?.length) {
    if (sumOf(there) === sumOf(bytes)) return;
    throw new Error(`"${name}" holds another memory`);
  }
  if (isOpen()) throw new Error(`The game opened before "${name}" was written`);
  await writeLocal(folder, name, bytes);
  // The time says which of two memories is the later one.
  await Deno.utime(join(folder, name), changed / 1_000, changed / 1_000);
}

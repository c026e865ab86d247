/**
 * The files in which a room keeps a cartridge's memory, as the worker reads and replaces them. Native code in a room may
 * write to their folder: links are not followed, and no more is read than a memory may have.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { preciseEpoch } from "../../../protocol/clock.ts";
import { writeDurably } from "../../../protocol/disk/durable_file.ts";
import { openPlain, readUpTo } from "../../../protocol/disk/plain_file.ts";
import { makePlace } from "../../sources/owner_folders.ts";

/** Largest memory that is shared, in bytes. */
export const MAX_MEMORY = 8 * 1024 * 1024;
/** Files of one game: its memory and its clock, of a game file that was replaced as well. */
const MOST_FILES = 8;
/** Entries of an owner's folder; one with more is not searched. */
export const MOST_ENTRIES = 2_000;
/** Files in it that look like memories of one game. */
export const MOST_MATCHES = 64;
/** Bytes of the folder itself: twice what so many of the longest names take. To list a folder is to read it whole. */
const MOST_FOLDER_BYTES = 2 * 1024 * 1024;
const FILE = /^[0-9a-f]{8}\.(?:srm|rtc)$/;

/** A file of a game. */
export interface LocalFile {
  /** Its name in the store, such as `1a2b3c4d.srm`. */
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/**
 * The files in `folder` of the game whose file names begin with `stem`.
 *
 * @throws {Error} the file system's, or when there are more than a person's games make
 */
export async function filesOf(folder: string, stem: string): Promise<LocalFile[]> {
  const found: LocalFile[] = [];
  for (const { name, isFile } of await entriesOf(folder)) {
    const file = name.slice(stem.length);
    if (!isFile || !name.startsWith(stem) || !FILE.test(file)) continue;
    if (found.length >= MOST_MATCHES) throw tooManyFiles(folder);
    const { size, mtime } = await Deno.lstat(join(folder, name));
    found.push({ file, size, changed: mtime?.getTime() ?? 0 });
  }
  return found.toSorted((a, b) => b.changed - a.changed).slice(0, MOST_FILES);
}

/**
 * The content of a file; `undefined` when there is none.
 *
 * @throws {Error} the file system's, or when it is a link or too large
 */
export async function readLocal(path: string): Promise<Uint8Array | undefined> {
  try {
    using file = await openPlain(path, { read: true });
    const { size } = await file.stat();
    if (size > MAX_MEMORY) throw new Error(`"${path}" has ${size} bytes`);
    return await readUpTo(file, size);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Replaces a file, whole or not at all.
 *
 * @throws {Error} the file system's, or when this owner has no place here, or too many files
 */
export async function writeLocal(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  // Making place lists the folder, and this process does nothing else meanwhile.
  await entriesOf(folder);
  makePlace(folder, { entry: name, now: preciseEpoch() });
  await writeDurably(join(folder, name), bytes, { mode: 0o644 });
}

/** SHA-256 of a memory. */
export function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  await checkFolder(folder);
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entries.length >= MOST_ENTRIES) throw tooManyFiles(folder);
      entries.push(entry);
    }
    return entries;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A link would lead to a folder of somebody else; one that is large itself is not even listed. */
async function checkFolder(folder: string): Promise<void> {
  const found = await Deno.lstat(folder).catch(() => undefined);
  if (found && !found.isDirectory) throw new Error(`"${folder}" is no folder`);
  if (found && found.size > MOST_FOLDER_BYTES) throw tooManyFiles(folder);
}

function tooManyFiles(folder: string): Error {
  return new Error(`"${folder}" holds too many files`);
}

/**
 * The file that keeps one memory of a cartridge between sessions: its battery-backed memory (`.srm`) or its clock
 * (`.rtc`). Memory counts as kept once it is on the medium, so a write that failed is tried again by the next call.
 * Two rooms with the same game share the file, and the last write wins.
 *
 * @module
 */
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { preciseEpoch } from "../../protocol/clock.ts";
import { writeDurablySync } from "../../protocol/disk/durable_file.ts";
import {
  type StorageReason,
  storageReason,
  whyNotKept,
} from "../../protocol/disk/storage_fault.ts";
import { makePlace } from "./owner_folders.ts";

/** File names have 255 bytes at most on common file systems; this much of a game's name leaves room for the rest. */
const MAX_NAME = 200;

/** A memory of a cartridge on the disk. */
export interface SramFile {
  /** The memory that was kept, or `undefined` when there is none or it is not `size` bytes long. */
  read(size: number): Uint8Array<ArrayBuffer> | undefined;
  /** Writes `memory` unless the file holds the same. A failed write is reported; the next call tries again. */
  write(memory: Uint8Array): void;
  /** Why the newest write failed; `undefined`: what was last to be written is kept. */
  readonly fault: StorageReason | undefined;
}

/** Names the file of one game's memory. */
export interface SramFileOptions {
  /** Folder of these files. */
  readonly folder: string;
  /** Path of the game. */
  readonly rom: string;
  /** CRC-32 of the game: games of the same name do not share their memory. */
  readonly checksum: number;
  /** The extension, by kind of memory: `srm` (battery-backed memory) by default. */
  readonly kind?: "srm" | "rtc";
  /** Called with a sentence when the file cannot be read or written; the game continues. */
  readonly warn: (sentence: string) => void;
}

/** Opens the file of one game. */
export function openSramFile(
  { folder, rom, checksum, kind = "srm", warn }: SramFileOptions,
): SramFile {
  const mark = checksum.toString(16).padStart(8, "0");
  const path = join(folder, `${sramStem(rom)}${mark}.${kind}`);
  /** CRC-32 of the file's content. */
  let kept: number | undefined;
  /** Whether the file could not be used. Such a file is renamed before another is written. */
  let setAside = false;
  let reported: string | undefined;
  let fault: StorageReason | undefined;

  function report(sentence: string): void {
    if (sentence !== reported) warn(sentence);
    reported = sentence;
  }

  return {
    read(size) {
      try {
        const memory = Deno.readFileSync(path);
        if (memory.length === size) {
          kept = crc32(memory);
          return memory;
        }
        // An empty file holds no memory: a write that was not durable may have left it.
        setAside = memory.length > 0;
        warn(`Cannot use "${path}": it has ${memory.length} bytes, the game keeps ${size}`);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        setAside = true;
        warn(`Cannot read "${path}": ${whyNotKept(error)}`);
      }
      return undefined;
    },
    write(memory) {
      const now = crc32(memory);
      if (now === kept) return void (fault = undefined);
      try {
        makePlace(folder, { entry: basename(path), now: preciseEpoch() });
        if (setAside) Deno.renameSync(path, `${path}.unused`);
        setAside = false;
        writeDurablySync(path, memory, 0o644);
        kept = now;
        reported = undefined;
        fault = undefined;
      } catch (error) {
        fault = storageReason(error);
        report(`Cannot write "${path}": ${whyNotKept(error)}. It is tried again`);
      }
    },
    get fault() {
      return fault;
    },
  };
}

/** What the names of a game's files begin with; its checksum and the kind of memory follow. */
export function sramStem(rom: string): string {
  return `${shortened(basename(rom))}.`;
}

/** The name itself, or its first {@linkcode MAX_NAME} bytes, without half a character at the end. */
function shortened(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= MAX_NAME) return name;
  return new TextDecoder().decode(bytes.subarray(0, MAX_NAME)).replace(/\uFFFD$/, "");
}

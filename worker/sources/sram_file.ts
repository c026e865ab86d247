/**
 * The file that keeps a game's battery-backed memory (SRAM) between sessions. Written beside and renamed, so a
 * crash leaves the old one or the new one. Two rooms with one game share it: the last to write wins.
 *
 * @module
 */
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";

export interface SramFile {
  /** What was kept, or `undefined` when there is nothing or it is not `size` bytes long. */
  read(size: number): Uint8Array<ArrayBuffer> | undefined;
  /** Writes `memory` if it differs from what was last read or written. */
  write(memory: Uint8Array): void;
}

export interface SramFileOptions {
  /** Folder of these files. */
  readonly folder: string;
  /** Path of the game. */
  readonly rom: string;
  /** CRC-32 of the game: games of one name do not share their memory. */
  readonly checksum: number;
  /** Gets a sentence when the file cannot be read or written; play goes on. */
  readonly warn: (sentence: string) => void;
}

export function openSramFile({ folder, rom, checksum, warn }: SramFileOptions): SramFile {
  const mark = checksum.toString(16).padStart(8, "0");
  const path = join(folder, `${basename(rom)}.${mark}.srm`);
  let kept: number | undefined;
  return {
    read(size) {
      try {
        const memory = Deno.readFileSync(path);
        if (memory.length === size) {
          kept = crc32(memory);
          return memory;
        }
        warn(`Cannot use "${path}": it has ${memory.length} bytes, the game keeps ${size}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) warn(`Cannot read "${path}": ${why(error)}`);
      }
      return undefined;
    },
    write(memory) {
      const now = crc32(memory);
      if (now === kept) return;
      kept = now;
      try {
        Deno.mkdirSync(folder, { recursive: true });
        Deno.writeFileSync(`${path}.new`, memory);
        Deno.renameSync(`${path}.new`, path);
      } catch (error) {
        warn(`Cannot write "${path}": ${why(error)}`);
      }
    },
  };
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What a cover depends on: the content of the game and the version of its core, as a hash. So a game that was renamed
 * keeps its cover, and a new core makes a new one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { SteppedSpec } from "../sources/ports.ts";

/** Raised when covers are made in another way. */
const VERSION = 1;
/** Of larger files the beginning and the size count, in bytes. */
const MOST_READ = 4 * 1024 * 1024;
const PIECE = 128 * 1024;
const DIGITS = 32;

/** The key of a game; `undefined` when it gets no cover, or its file cannot be read. */
export async function keyOf(spec: SteppedSpec): Promise<string | undefined> {
  if (spec.kind === "pattern" || spec.kind === "pattern-file") return undefined;
  const hash = createHash("sha256").update(`${VERSION} ${spec.kind}\n`);
  try {
    if ("core" in spec && spec.core !== undefined) {
      const { size, mtime } = await Deno.stat(spec.core);
      hash.update(`${spec.core} ${size} ${mtime?.getTime()}\n`);
    }
    if (spec.kind === "libretro") hash.update(`${JSON.stringify(spec.options)}\n`);
    if ("zipped" in spec) hash.update(`${spec.zipped}\n`);
    if (spec.kind === "builtin") hash.update(spec.name);
    else await addFile(spec.rom, (bytes) => hash.update(bytes));
  } catch {
    return undefined;
  }
  return hash.digest("hex").slice(0, DIGITS);
}

async function addFile(path: string, add: (bytes: Uint8Array | string) => void): Promise<void> {
  using file = await Deno.open(path);
  const { size, isFile } = await file.stat();
  if (!isFile) throw new Error("not a file");
  add(`${size}\n`);
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < MOST_READ;) {
    const count = await file.read(piece);
    if (count === null) return;
    add(piece.subarray(0, count));
    at += count;
  }
}

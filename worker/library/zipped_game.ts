/**
 * The one game in a ZIP file, by the names in it.
 *
 * @module
 */
import { readZipDirectory, whyPacked, ZIP_TAIL } from "../sources/zip/zip_file.ts";

/** The end of a file, and its length. */
export interface FileEnd {
  readonly tail: Uint8Array;
  readonly length: number;
}

/** The name of the game in an archive, or why there is none to play. `accepts`: which files are games, by name. */
export function zippedGame(
  { tail, length }: FileEnd,
  accepts: (name: string) => boolean,
): { readonly name: string } | { readonly fault: string } {
  const read = readZipDirectory(tail, length);
  if ("fault" in read) return read;
  const games = read.entries.filter(({ name, size }) => size > 0 && accepts(name));
  const [game] = games;
  if (!game) return { fault: "it holds no game" };
  if (games.length > 1) return { fault: `it holds ${games.length} games` };
  const why = whyPacked(game);
  return why === undefined ? { name: game.name } : { fault: why };
}

/** Reads the end of a file. @throws the system's error when it cannot be read */
export async function readFileEnd(path: string): Promise<FileEnd> {
  using file = await Deno.open(path);
  const { size: length } = await file.stat();
  const tail = new Uint8Array(Math.min(ZIP_TAIL, length));
  await file.seek(length - tail.length, Deno.SeekMode.Start);
  let at = 0;
  while (at < tail.length) {
    const count = await file.read(tail.subarray(at));
    if (count === null) break;
    at += count;
  }
  return { tail: tail.subarray(0, at), length };
}

/**
 * Reads a game's file whole.
 *
 * @module
 */
import { basename } from "node:path";
import { errorText } from "../../protocol/error_text.ts";
import { unpack } from "./zip/zip_file.ts";

/** Larger files belong to systems whose cores read them from disk by themselves, in bytes. */
const MAX_ROM = 128 * 1024 * 1024;

/**
 * The file's bytes, or a sentence that says why it cannot be read. `zipped`: the name of the game in it, when it is a
 * ZIP file.
 */
export function readRom(
  path: string,
  zipped?: string,
): { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly error: string } {
  const refuse = (why: string) => ({ error: `Cannot open the game "${basename(path)}": ${why}` });
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile) return refuse("it is not a file");
    if (size === 0) return refuse("the file is empty");
    if (size > MAX_ROM) {
      return refuse(`it has ${size} bytes, and at most ${MAX_ROM} are read into memory`);
    }
    const bytes = Deno.readFileSync(path);
    if (zipped === undefined) return { bytes };
    const game = unpack(bytes, zipped);
    return "fault" in game ? refuse(game.fault) : game;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return refuse("there is no such file");
    return refuse(errorText(error));
  }
}

/**
 * Which cores lack the BIOS without which they play nothing.
 *
 * @module
 */
import { join } from "node:path";
import { errorText } from "../../protocol/error_text.ts";
import type { Core } from "../sources/libretro/cores.ts";
import type { FolderReader } from "./ports.ts";

/**
 * Cores that play nothing without one of the files that their info names. Others name files that only some of their
 * games need, or for which they have a replacement.
 */
const NEED_BIOS = [
  /^mednafen_(psx|psx_hw|saturn|pcfx|lynx)$/,
  /^(duck|swan)station$/,
  /^o2em$/,
];

/** Why cores cannot play for want of a BIOS, by id. One of the files is enough: they are those of several regions. */
export async function coresWithoutBios(
  cores: readonly Core[],
  { folder, reader }: { readonly folder: string; readonly reader: FolderReader },
): Promise<ReadonlyMap<string, string>> {
  const without = new Map<string, string>();
  for (const { id, name, firmware = [] } of cores) {
    if (firmware.length === 0 || !NEED_BIOS.some((pattern) => pattern.test(id))) continue;
    const found = await Promise.all(firmware.map((file) => look(join(folder, file), reader)));
    if (found.includes("file")) continue;
    const named = firmware.slice(0, 3).join(", ");
    const fault = found.find((each) => each !== undefined);
    const why = fault === undefined ? "" : ` (${fault})`;
    without.set(
      id,
      `the core ${name} needs the console's own BIOS, which no package has${why}. ` +
        `Put one of ${named} into the folder data/system of the worker`,
    );
  }
  return without;
}

/** `file`, why it cannot be used, or `undefined` when there is none. */
async function look(path: string, reader: FolderReader): Promise<string | undefined> {
  try {
    const kind = (await reader.kindOf(path))?.kind;
    return kind === undefined || kind === "file" ? kind : `${path} is not a file`;
  } catch (error) {
    return errorText(error);
  }
}

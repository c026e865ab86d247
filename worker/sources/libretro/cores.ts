/**
 * Finds the libretro cores of this machine. It reads their core-info files and does not load the cores.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type CoreInfo, parseCoreInfo } from "./core_info.ts";

/** A libretro core that is installed on this machine. */
export interface Core extends CoreInfo {
  /** File name up to `_libretro`, such as `nestopia`. */
  readonly id: string;
  readonly path: string;
}

const LIBRARY_NAME = /^(.+)_libretro\.(?:so|dylib|dll)$/;
const INFO_FOLDER = "/usr/share/libretro/info";

/** Where a system keeps cores: `/usr/lib/<architecture>/libretro` on Debian, `/usr/lib/libretro` elsewhere. */
export function systemCoreFolders(): string[] {
  const perArchitecture = entries("/usr/lib").map((name) => join("/usr/lib", name, "libretro"));
  return [...perArchitecture, "/usr/lib/libretro", "/usr/local/lib/libretro"];
}

/** All cores in `folders`; of two with one name the first counts. Folders that do not exist hold none. */
export function findCores(folders: readonly string[], infoFolder = INFO_FOLDER): Core[] {
  const found = new Map<string, Core>();
  for (const folder of folders) {
    for (const name of entries(folder)) {
      const id = coreId(name);
      if (id === undefined || found.has(id)) continue;
      const info = readInfo(join(infoFolder, `${id}_libretro.info`)) ??
        readInfo(join(folder, `${id}_libretro.info`));
      found.set(id, {
        name: id,
        system: "",
        extensions: [],
        ...info,
        id,
        path: join(folder, name),
      });
    }
  }
  return [...found.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

/** `nestopia` of `…/nestopia_libretro.so`; `undefined` when the path is not that of a core. */
export function coreId(path: string): string | undefined {
  return LIBRARY_NAME.exec(basename(path))?.[1];
}

function readInfo(path: string): CoreInfo | undefined {
  try {
    return parseCoreInfo(Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  } catch {
    return [];
  }
}

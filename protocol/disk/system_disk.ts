/**
 * The file system of this machine.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Disk } from "./ports.ts";

/** The file system of this machine. */
export const systemDisk: Disk = {
  makeFolder,
  async create(path, mode) {
    const file = await Deno.open(path, { write: true, createNew: true, mode });
    return {
      write: (bytes) => file.write(bytes),
      sync: () => file.sync(),
      [Symbol.dispose]: () => file.close(),
    };
  },
  rename: (from, to) => Deno.rename(from, to),
  remove: (path) => Deno.remove(path),
  syncFolder,
};

/**
 * Makes a folder and flushes its name in the folder above it to the medium. A process that may not read the folder above
 * leaves the flush to the system: the data folder of a service lies in a folder that only the system writes.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
    await syncFolder(dirname(path)).catch((error) => {
      if (!isDenied(error)) throw error;
    });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
}

/** Windows opens no folders as files, and keeps its folders in a journal. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}

/**
 * Saves in a folder of the file system, which several workers may share.
 *
 * @module
 */
import { join } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import { readUpTo } from "../../protocol/disk/plain_file.ts";
import { makePlace } from "../sources/owner_folders.ts";
import type { SaveStore, StoredFile } from "./ports.ts";

/** Temporary files of writes begin with a dot; no key does. */
const HIDDEN = ".";

/** Opens the saves below `root`, which is made with the first one. */
export function folderStore(root: string, clock: Clock): SaveStore {
  return {
    async put(key, bytes) {
      const [owner = "", entry = ""] = key.split("/");
      makePlace(join(root, owner), { entry, now: clock.epoch() });
      await writeDurably(join(root, key), bytes, { mode: 0o644 });
    },
    async get(key, { first } = {}) {
      try {
        if (first === undefined) return await Deno.readFile(join(root, key));
        return await readFirst(join(root, key), first);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    list: (prefix) => filesBelow(root, prefix.replace(/\/$/, "")),
    async remove(key) {
      try {
        await Deno.remove(join(root, key));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  };
}

async function readFirst(path: string, most: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  return await readUpTo(file, most);
}

async function filesBelow(root: string, folder: string): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(join(root, folder))) {
      if (name.startsWith(HIDDEN)) continue;
      const key = `${folder}/${name}`;
      if (isDirectory) found.push(...await filesBelow(root, key));
      else if (isFile) {
        const size = await Deno.stat(join(root, key)).then(({ size }) => size, () => undefined);
        if (size !== undefined) found.push({ key, size });
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return found;
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

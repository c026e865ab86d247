/**
 * The covers on the disk. A file's name holds the key of its game and core, and the random name under which the picture
 * is served. A game without a cover has an empty file, so that it is not run for nothing at each start.
 *
 * @module
 */
import { join } from "node:path";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { Disk } from "../../protocol/disk/ports.ts";
import { type Random, randomHex } from "../../protocol/random.ts";

/** Most files; of those that no game uses the oldest is removed. */
export const MOST_COVERS = 1_000;
const FILE = /^([0-9a-f]{32})\.(?:([0-9a-f]{32})\.jpg|none)$/;
/** Bytes of a name, which nobody can guess. */
const NAME_BYTES = 16;

/** The folder of covers. */
export interface CoverFolderOptions {
  readonly folder: string;
  readonly random: Random;
  readonly disk?: Disk;
}

/** The covers that were made, by the keys of their games. */
export class CoverFolder {
  readonly #options: CoverFolderOptions;
  /** Names by key, the oldest first; `undefined`: there was nothing to see. */
  readonly #names = new Map<string, string | undefined>();

  constructor(options: CoverFolderOptions) {
    this.#options = options;
  }

  /** Finds what earlier runs kept. A folder that cannot be read counts as empty. */
  async load(): Promise<void> {
    const { folder } = this.#options;
    const found: { key: string; name: string | undefined; at: number }[] = [];
    try {
      for await (const entry of Deno.readDir(folder)) {
        const [, key, name] = (entry.isFile && FILE.exec(entry.name)) || [];
        if (key === undefined) continue;
        const { mtime } = await Deno.lstat(join(folder, entry.name));
        found.push({ key, name, at: mtime?.getTime() ?? 0 });
      }
    } catch {
      // Covers are made again; a write that fails is reported.
    }
    for (const { key, name } of found.sort((a, b) => a.at - b.at)) this.#names.set(key, name);
  }

  /** Whether a game was run already, with or without a cover as the result. */
  has(key: string): boolean {
    return this.#names.has(key);
  }

  /** The name under which the cover of a game is served; `undefined` when it has none. */
  nameOf(key: string): string | undefined {
    return this.#names.get(key);
  }

  /**
   * Keeps the cover of a game, or that it has none. `isUsed`: whether a game of the library has a key.
   *
   * @throws the file system's error, such as `ENOSPC` (full)
   */
  async keep(
    key: string,
    jpeg: Uint8Array<ArrayBuffer> | undefined,
    isUsed: (key: string) => boolean,
  ): Promise<void> {
    const { random, disk } = this.#options;
    const name = jpeg && randomHex(random, NAME_BYTES);
    await writeDurably(this.#pathOf(key, name), jpeg ?? "", disk && { disk });
    this.#names.set(key, name);
    for (const [old, oldName] of this.#names) {
      if (this.#names.size <= MOST_COVERS) break;
      if (isUsed(old)) continue;
      this.#names.delete(old);
      await Deno.remove(this.#pathOf(old, oldName)).catch(() => {});
    }
  }

  /** The picture of a name; `undefined` when there is none, or it cannot be read. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const key = [...this.#names].find(([, each]) => each !== undefined && each === name)?.[0];
    if (key === undefined) return undefined;
    return await Deno.readFile(this.#pathOf(key, name)).catch(() => undefined);
  }

  #pathOf(key: string, name: string | undefined): string {
    return join(this.#options.folder, name === undefined ? `${key}.none` : `${key}.${name}.jpg`);
  }
}

/**
 * What a worker notes of each cartridge's memory that it shares with others: which versions its files hold, and whether
 * all of them are stored. The notes are in a folder that rooms do not reach, with as many owners as have memories
 * here.
 *
 * @module
 */
import { join } from "node:path";
import * as z from "zod/mini";
import type { Clock } from "../../../protocol/clock.ts";
import type { AppId } from "../../../protocol/ids.ts";
import { folderStore } from "../folder_store.ts";

const MAX_NAME = 1_024;
const ENDING = ".json";

/** What is noted of one game of one owner. */
export const MemoryNote = z.object({
  /** Name or path of the game. */
  rom: z.string().check(z.maxLength(MAX_NAME)),
  /** The room that wrote the files. */
  by: z.string().check(z.regex(/^[A-Za-z0-9._~-]{1,100}$/)),
  /** `open`: a room may write, or has written what is not stored yet. */
  state: z.enum(["open", "stored"]),
  /** The room could not look at the store, or has found a newer memory there since. */
  isUnseen: z.boolean(),
  /** By the names of files in the store, what they have in common with it. */
  files: z.record(
    z.string().check(z.regex(/^[0-9a-f]{8}\.(srm|rtc)$/)),
    z.object({ at: z.int().check(z.nonnegative()), sum: z.string().check(z.maxLength(64)) }),
  ),
});
export type MemoryNote = z.infer<typeof MemoryNote>;

/** The notes of a worker. */
export interface MemoryNotes {
  /** What is noted of a game; `undefined` when that is nothing that can be read. */
  read(holder: string, app: AppId): Promise<MemoryNote | undefined>;
  /** @throws {Error} the file system's */
  write(holder: string, app: AppId, note: MemoryNote): Promise<void>;
  /** The games, by owner, that may have memory which is not stored. */
  open(): AsyncIterable<{ holder: string; app: string; note: MemoryNote }>;
}

/** Opens the notes in `folder`, which is made with the first one. */
export function memoryNotes(folder: string, clock: Clock): MemoryNotes {
  const store = folderStore(folder, clock);

  async function read(key: string): Promise<MemoryNote | undefined> {
    try {
      const bytes = await store.get(key);
      return bytes && MemoryNote.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
    } catch {
      // Without a note the file counts as older than what is stored, and both are kept.
      return undefined;
    }
  }

  return {
    read: (holder, app) => read(`${holder}/${app}${ENDING}`),
    write: (holder, app, note) =>
      store.put(`${holder}/${app}${ENDING}`, new TextEncoder().encode(JSON.stringify(note))),
    async *open() {
      for (const holder of await namesIn(folder)) {
        for (const name of await namesIn(join(folder, holder))) {
          if (!name.endsWith(ENDING)) continue;
          const note = await read(`${holder}/${name}`);
          if (note?.state === "open") yield { holder, app: name.slice(0, -ENDING.length), note };
        }
      }
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => name).filter((name) => !name.startsWith("."));
}

/**
 * Reads and watches folders of this machine.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import type { FolderReader, WatchFolder } from "./ports.ts";

/** Most bytes of a text file. */
const MOST_TEXT = 1024 * 1024;

/** Reads folders of this machine. `kindOf` treats a link that leads to itself as missing. */
export const systemFolder: FolderReader = {
  names: (folder) => Array.fromAsync(Deno.readDir(folder), ({ name }) => name),
  async kindOf(path) {
    try {
      const { isFile, isDirectory, dev, ino } = await Deno.stat(path);
      const kind = isFile ? "file" : isDirectory ? "folder" : "other";
      return { kind, identity: `${dev}:${ino}` };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      // A symbolic link that leads to itself (ELOOP).
      if (error instanceof Deno.errors.FilesystemLoop) return undefined;
      throw error;
    }
  },
};

/** Watches with file system events (inotify on Linux), which cover neither symbolic links nor mounts. */
export const watchFolder: WatchFolder = (folder, listener) => {
  let watcher: Deno.FsWatcher | undefined;
  let over = false;
  try {
    watcher = Deno.watchFs(folder, { recursive: true });
    follow(watcher).then(() => fail("it ended"), fail);
  } catch (error) {
    queueMicrotask(() => fail(error));
  }
  return {
    [Symbol.dispose]() {
      over = true;
      close();
    },
  };

  async function follow(changes: Deno.FsWatcher): Promise<void> {
    for await (const { kind } of changes) if (kind !== "access") listener.changed();
  }

  function close(): void {
    try {
      watcher?.close();
    } catch {
      // The watcher is closed already: the runtime ends it at a name that is not UTF-8.
    }
    watcher = undefined;
  }

  function fail(error: unknown): void {
    if (over) return;
    over = true;
    close();
    const why = errorText(error);
    listener.failed(`Cannot watch the folder "${folder}": ${why}`);
  }
};

/**
 * A text file whole; `undefined` when there is none. What is no file, such as a pipe, is not opened.
 *
 * @throws the system's error when it cannot be read, and one for a file that is too large
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  const found = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (!found?.isFile) return undefined;
  if (found.size > MOST_TEXT) {
    throw new Error(`it has ${found.size} bytes; at most ${MOST_TEXT} are read`);
  }
  return await Deno.readTextFile(path);
}

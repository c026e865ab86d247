/**
 * Reads and watches folders of this machine.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import type { FolderReader, WatchFolder } from "./ports.ts";

export const systemFolder: FolderReader = {
  names: (folder) => Array.fromAsync(Deno.readDir(folder), ({ name }) => name),
  async kindOf(path) {
    try {
      const { isFile, isDirectory, dev, ino } = await Deno.stat(path);
      const kind = isFile ? "file" : isDirectory ? "folder" : "other";
      return { kind, identity: `${dev}:${ino}` };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      // A chain of links that ends in itself (ELOOP, "too many levels").
      if (error instanceof Deno.errors.FilesystemLoop) return undefined;
      throw error;
    }
  },
};

/** Watches with the system's own notices (inotify on Linux), which follow neither symbolic links nor mounts. */
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
      // It closed itself, as it does at a name that is not UTF-8.
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

/**
 * Tells that something in a folder changed.
 *
 * @module
 */

/** Calls `changed` at every change below `folder` until disposed; `failed` gets a sentence when it cannot. */
export type WatchFolder = (
  folder: string,
  listener: { changed(): void; failed(reason: string): void },
) => Disposable;

export const watchFolder: WatchFolder = (folder, listener) => {
  let watcher: Deno.FsWatcher | undefined;
  try {
    watcher = Deno.watchFs(folder, { recursive: true });
    follow(watcher).catch(fail);
  } catch (error) {
    fail(error);
  }
  return { [Symbol.dispose]: () => watcher?.[Symbol.dispose]() };

  async function follow(changes: Deno.FsWatcher): Promise<void> {
    for await (const { kind } of changes) if (kind !== "access") listener.changed();
  }

  function fail(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    listener.failed(`Cannot watch the folder "${folder}": ${why}`);
  }
};

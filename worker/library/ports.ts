/**
 * What the library needs of a file system. The system's own is `system_folder.ts`; tests use one in memory.
 *
 * @module
 */

/** What a path leads to, after symbolic links. */
export interface PathKind {
  readonly kind: "file" | "folder" | "other";
  /** The same for two paths that lead to one file or folder: its device and inode number. */
  readonly identity: string;
}

/** A file system that is read. */
export interface FolderReader {
  /**
   * Names in a folder.
   *
   * @throws the system's error when it cannot be read
   */
  names(folder: string): Promise<readonly string[]>;
  /** What a path leads to; `undefined` when it leads nowhere. */
  kindOf(path: string): Promise<PathKind | undefined>;
}

/** Calls `changed` at every change below `folder` until disposed; `failed` once, when it watches no more. */
export type WatchFolder = (
  folder: string,
  listener: { changed(): void; failed(reason: string): void },
) => Disposable;

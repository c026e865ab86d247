/**
 * The file system that the library reads. `system_folder.ts` is the adapter for the system's own; tests use a fake.
 *
 * @module
 */

/** The kind of a file or folder, after symbolic links are followed. */
export interface PathKind {
  readonly kind: "file" | "folder" | "other";
  /** The device and inode number: equal for two paths that lead to the same file or folder. */
  readonly identity: string;
}

/** Reads a file system. */
export interface FolderReader {
  /**
   * Names in a folder.
   *
   * @throws the system's error when it cannot be read
   */
  names(folder: string): Promise<readonly string[]>;
  /**
   * The kind of the file or folder at a path; `undefined` when there is none.
   *
   * @throws the system's error when it cannot be read
   */
  kindOf(path: string): Promise<PathKind | undefined>;
}

/** Calls `changed` at every change below `folder` until disposed; calls `failed` once when the watch ends by itself. */
export type WatchFolder = (
  folder: string,
  listener: { changed(): void; failed(reason: string): void },
) => Disposable;

/**
 * The operations of a file system that a durable write uses. `system_disk.ts` implements them; tests use a file
 * system that fails or loses power at any call.
 *
 * @module
 */

/** A file that was just created and is being written. Disposing closes it. */
export interface DiskFile extends Disposable {
  /** Writes some of `bytes` at the end; returns how many were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Returns when the content is on the medium (fsync). */
  sync(): Promise<void>;
}

/** A file system. Every method rejects with the system's error, whose `code` is an errno name such as `ENOSPC`. */
export interface Disk {
  /** Makes a folder and those above it; an existing one is left as it is. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file with these permission bits; rejects with `EEXIST` when the name is taken. */
  create(path: string, mode: number): Promise<DiskFile>;
  /** Moves a file over another one in one step. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Returns when a folder's names are on the medium: created, renamed and removed ones. */
  syncFolder(path: string): Promise<void>;
}

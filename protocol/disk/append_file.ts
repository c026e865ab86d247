/**
 * A file that is only written at its end.
 *
 * @module
 */

/** A file that is written at its end. */
export interface AppendFile {
  /**
   * Writes all of these bytes.
   *
   * @throws {Error} the file system's
   */
  append(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/**
 * Makes a file at `path`, where there must be none.
 *
 * @throws {Error} the file system's
 */
export async function openAppend(path: string, mode: number): Promise<AppendFile> {
  const file = await Deno.open(path, { append: true, createNew: true, mode });
  return {
    async append(bytes) {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    close: () => file.close(),
  };
}

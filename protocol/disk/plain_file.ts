/**
 * Files in folders that others write.
 *
 * @module
 */

/**
 * Opens a file in a folder that a room may write. A room runs what others wrote: it could put a link to a key there.
 *
 * @throws {Error} the file system's, or when it is a link or no file
 */
export async function openPlain(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
  const found = await Deno.lstat(path);
  if (found.isFile) {
    const file = await Deno.open(path, options);
    const { ino, dev } = await file.stat();
    if (ino === found.ino && dev === found.dev) return file;
    file.close();
  }
  throw new Error(`Cannot open ${path}: it is a link or no file. Remove it`);
}

/** The next bytes of a file: `most` of them, or fewer where it ends before. */
export async function readUpTo(
  file: Pick<Deno.FsFile, "read">,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(most);
  let filled = 0;
  while (filled < most) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

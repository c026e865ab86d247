/**
 * How much is written below a folder.
 *
 * @module
 */
import { join } from "node:path";

/** The bytes of all files below `folder`; 0 while it is not there. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  let bytes = 0;
  for (const { name, isDirectory } of entries) {
    const path = join(folder, name);
    bytes += isDirectory
      ? await bytesBelow(path)
      : await Deno.stat(path).then(({ size }) => size, () => 0);
  }
  return bytes;
}

/**
 * Reads small files of the system. A file that does not exist is no error: devices differ in what they have.
 *
 * @module
 */
/** The whole text; `undefined` when the file cannot be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

/** The first line without its end. */
export async function readLine(path: string): Promise<string | undefined> {
  return (await readText(path))?.split("\n", 1)[0]?.trim();
}

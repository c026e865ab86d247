/**
 * Reads small files of the system. A file that does not exist is no fault on a field device.
 *
 * @module
 */
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

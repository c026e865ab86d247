/**
 * Small files that may not be there: on a field device that is no fault.
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

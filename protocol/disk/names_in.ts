/**
 * What a folder holds.
 *
 * @module
 */

/**
 * The names in a folder; none when it does not exist.
 *
 * @throws {Error} when it cannot be listed: then it is not known to be empty
 */
export function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

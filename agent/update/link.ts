/**
 * Makes symbolic links. Deno makes them only in a program that may read and write everything; a program of the system
 * does it here.
 *
 * @module
 */

/** The program that makes links. */
export const LINKER = "ln";

/**
 * Makes a link at `path`.
 *
 * @throws {Error} when it cannot be made
 */
export async function makeLink(target: string, path: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(LINKER, {
    args: ["-s", target, path],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new Error(`Cannot make the link ${path}: ${new TextDecoder().decode(stderr).trim()}`);
}

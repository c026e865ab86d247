/**
 * Reads the texts of the tree from disk.
 *
 * @module
 */
const SKIPPED = new Set([".git", "node_modules", "dist", "data", "coverage", "shots"]);
const TEXT = /\.(tsx?|m?js|css|html|jsonc?|md|toml|ya?ml|sh|service|s|asm)$/;
const SOURCE = /\.(tsx?|css)$/;

/** Whether the file at this path is a source file: TypeScript or a style sheet. */
export function isSource(path: string): boolean {
  return SOURCE.test(path);
}

/** The text of every file below `root`, by path from there, in order of path. */
export async function readTree(root: string): Promise<Map<string, string>> {
  const paths = (await walk(root, "")).sort();
  const texts = paths.map(async (path) =>
    [path, await Deno.readTextFile(`${root}/${path}`)] as const
  );
  return new Map(await Promise.all(texts));
}

async function walk(root: string, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    const path = folder ? `${folder}/${name}` : name;
    if (isDirectory && !SKIPPED.has(name)) paths.push(...await walk(root, path));
    if (isFile && (TEXT.test(name) || path === ".ci/run")) paths.push(path);
  }
  return paths;
}

/**
 * Gathers the test files of a folder in a few modules. Files that run by themselves each load what they import anew,
 * which takes as long as the unit tests themselves; gathered files load it once. A test keeps its name and its place.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { testFiles } from "./files.ts";

/** A module that is nothing but imports of test files. */
export interface GatheredModule {
  /** The file name of the module. */
  readonly name: string;
  readonly text: string;
}

/**
 * A module for each folder below `root` with its test files, and one for the files of `root` itself, that with most
 * files first, so that none runs on alone at the end.
 */
export function gather(root: string, files: readonly string[]): GatheredModule[] {
  const folders = Map.groupBy(files, (file) => {
    const [folder, ...rest] = file.slice(root.length + 1).split("/");
    return rest.length > 0 ? folder! : "files";
  });
  return [...folders].sort(([, a], [, b]) => b.length - a.length).map(([name, files]) => ({
    name: `${name}_test.ts`,
    text: files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`).join(""),
  }));
}

/** Calls `use` with the paths of the modules that gather the test files below `root`, and removes them afterwards. */
export async function withGathered<T>(
  root: string,
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-tests-" });
  try {
    const modules = gather(root, testFiles([root]));
    for (const { name, text } of modules) await Deno.writeTextFile(`${folder}/${name}`, text);
    return await use(modules.map(({ name }) => `${folder}/${name}`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

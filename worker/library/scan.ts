/**
 * Lists the files of a folder and of the folders in it.
 *
 * @module
 */
import { join } from "node:path";

export interface ScanOptions {
  /** How many folders deep, the given one included. */
  readonly maxDepth: number;
  /** How many files at most; the rest is left out. */
  readonly maxFiles: number;
  /** Which files are wanted, by name. */
  readonly accepts: (name: string) => boolean;
}

export interface Scan {
  /** Paths below the folder, with `/` between names, in alphabetical order. */
  readonly paths: readonly string[];
  /** What was left out, in sentences. */
  readonly faults: readonly string[];
}

/**
 * Scans `root`. Hidden names are passed over; links are followed, but no folder is entered twice, so a link to
 * a folder above cannot trap it.
 */
export function scanFolder(root: string, { maxDepth, maxFiles, accepts }: ScanOptions): Scan {
  const paths: string[] = [];
  const faults: string[] = [];
  const entered = new Set<string>();
  enter("", 1);
  return { paths, faults };

  function enter(below: string, depth: number): void {
    const folder = join(root, below);
    try {
      const real = Deno.realPathSync(folder);
      if (entered.has(real)) return;
      entered.add(real);
      const names = Array.from(Deno.readDirSync(real), ({ name }) => name);
      for (const name of names.sort()) if (!name.startsWith(".")) visit(below, { name, depth });
    } catch (error) {
      faults.push(`Cannot read the folder "${folder}": ${reason(error)}`);
    }
  }

  function visit(below: string, { name, depth }: { name: string; depth: number }): void {
    const path = below === "" ? name : `${below}/${name}`;
    const kind = kindOf(join(root, path));
    if (kind === "folder") {
      if (depth < maxDepth) enter(path, depth + 1);
      else faults.push(`Cannot look into "${path}": it is more than ${maxDepth} folders deep`);
    }
    if (kind !== "file" || !accepts(name)) return;
    if (paths.length < maxFiles) paths.push(path);
    else if (!faults.at(-1)?.startsWith("Cannot list more")) {
      faults.push(
        `Cannot list more than ${maxFiles} games: "${path}" and what follows is left out`,
      );
    }
  }
}

/** A link that leads nowhere is neither. */
function kindOf(path: string): "file" | "folder" | undefined {
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    return isFile ? "file" : isDirectory ? "folder" : undefined;
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  return error instanceof Error ? error.message : String(error);
}

/**
 * Lists the games of a folder and its subfolders, and the files and folders that were passed over, with the reasons. A
 * file or folder that cannot be read is passed over, and the scan goes on.
 *
 * @module
 */
import { extname, join } from "node:path";
import { errorText } from "../../protocol/error_text.ts";
import type { PassedOver } from "../../protocol/legs/room.ts";
import { toPlainText } from "../../protocol/plain_text.ts";
import type { FolderReader } from "./ports.ts";

/** What a scan accepts, and its limits. */
export interface ScanOptions {
  readonly reader: FolderReader;
  /** How many folders deep, the given one included. */
  readonly maxDepth: number;
  /** The most files; the rest is passed over. */
  readonly maxFiles: number;
  /** Which files are wanted, by name. */
  readonly accepts: (name: string) => boolean;
  /** Finds the game in a ZIP file, or the reason that there is none; absent: none is looked into. */
  readonly zipped?: (path: string) => Promise<{ name: string } | { fault: string }>;
}

/** The result of a scan. */
export interface Scan {
  /** Paths below the folder, with `/` between names, in alphabetical order. */
  readonly paths: readonly string[];
  /** The names of the games in those of them that are ZIP files. */
  readonly inside: ReadonlyMap<string, string>;
  /** In the order of the scan. Files that are not games, such as texts and pictures, are not among them. */
  readonly passedOver: readonly PassedOver[];
}

/** Extensions of archives and disc images: people put them into a folder of games, and they name no system. */
const ARCHIVES = new Set([".zip", ".7z", ".rar", ".gz", ".xz", ".tar", ".tgz", ".bz2"]);
const IMAGES = new Set([".bin", ".iso", ".img", ".cue", ".chd"]);
/** The character that the runtime returns for bytes that are not UTF-8 (U+FFFD). */
const REPLACEMENT = "\uFFFD";

/**
 * Scans `root`. Hidden names are skipped and not reported. Symbolic links are followed, and no folder is scanned twice,
 * so a link to a parent folder does not make an endless loop.
 */
export async function scanFolder(
  root: string,
  { reader, maxDepth, maxFiles, accepts, zipped }: ScanOptions,
): Promise<Scan> {
  const paths: string[] = [];
  const inside = new Map<string, string>();
  const passedOver: PassedOver[] = [];
  const entered = new Set<string>();
  await enter("", 1);
  return { paths: paths.sort(), inside, passedOver };

  async function enter(below: string, depth: number): Promise<void> {
    const folder = join(root, below);
    try {
      const identity = (await reader.kindOf(folder))?.identity;
      if (identity === undefined) return pass(below, "gone");
      if (entered.has(identity)) return;
      entered.add(identity);
      const names = [...await reader.names(folder)].sort();
      for (const name of names) if (!name.startsWith(".")) await check(below, { name, depth });
    } catch (error) {
      pass(below, "unreadable", errorText(error));
    }
  }

  async function check(
    below: string,
    { name, depth }: { name: string; depth: number },
  ): Promise<void> {
    const path = below === "" ? name : `${below}/${name}`;
    try {
      const kind = (await reader.kindOf(join(root, path)))?.kind;
      if (kind === undefined && name.includes(REPLACEMENT)) return pass(path, "not_utf8");
      if (kind === "folder") {
        return depth < maxDepth ? await enter(path, depth + 1) : pass(path, "too_deep");
      }
      if (kind === "file") await take(path, name);
    } catch (error) {
      pass(path, "unreadable", errorText(error));
    }
  }

  async function take(path: string, name: string): Promise<void> {
    const extension = extname(name).toLowerCase();
    if (extension === ".zip" && zipped) {
      const found = await zipped(join(root, path));
      if ("fault" in found) return pass(path, "archive", found.fault);
      if (paths.length >= maxFiles) return pass(path, "too_many");
      inside.set(path, found.name);
      paths.push(path);
    } else if (!accepts(name)) {
      if (ARCHIVES.has(extension)) pass(path, "archive");
      else if (IMAGES.has(extension)) pass(path, "unknown_system");
    } else if (paths.length < maxFiles) paths.push(path);
    else pass(path, "too_many");
  }

  function pass(path: string, reason: PassedOver["reason"], cause?: string): void {
    passedOver.push({
      path: toPlainText(path || ".", 200),
      reason,
      ...(cause !== undefined && { cause: cause.slice(0, 200) }),
    });
  }
}

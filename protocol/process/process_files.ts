/**
 * The files by which the next start finds the processes that outlived the program that started them. The system
 * releases a lock when its holder ends, so a lock shows reliably whether the process of a file still runs, even
 * after its process id was given to another program.
 *
 * ```text
 * processes/<run>/owner   locked by the program while it runs
 * processes/<run>/<n>     locked by its n-th child while that runs; the content is the child's process id
 * ```
 *
 * @module
 */
import { namesIn } from "../disk/names_in.ts";
import { join } from "node:path";

const OWNER = "owner";

/** The process files of one run of a program. Disposing removes them. */
export interface ProcessFiles extends Disposable {
  /** Makes the file of a child that is about to start; `started` writes the child's id, `ended` removes the file. */
  make(): ProcessFile;
}

/** The file of one child. */
export interface ProcessFile {
  /** The child locks the file at this path, by {@linkcode holdProcessFile}. */
  readonly path: string;
  started(pid: number): void;
  ended(): void;
}

/**
 * Makes the folder of this run. `folder` holds one folder for each run, and `run` names this one.
 *
 * @throws the file system's error, such as `ENOSPC` (full) or `EROFS` (read-only)
 */
export function openProcessFiles(folder: string, run: string): ProcessFiles {
  const own = join(folder, run);
  Deno.mkdirSync(own, { recursive: true });
  Deno.writeTextFileSync(join(own, OWNER), "");
  const owner = holdProcessFile(join(own, OWNER));
  let made = 0;
  return {
    make() {
      const path = join(own, String(++made));
      Deno.writeTextFileSync(path, "");
      return {
        path,
        started: (pid) => Deno.writeTextFileSync(path, String(pid)),
        ended: () => removeIfThere(path),
      };
    },
    [Symbol.dispose]() {
      owner[Symbol.dispose]();
      removeIfThere(own);
    },
  };
}

/**
 * Locks a process file until this process ends or the result is disposed.
 *
 * @throws {Deno.errors.NotFound} when it is not there
 */
export function holdProcessFile(path: string): Disposable {
  const file = Deno.openSync(path);
  file.lockSync(true);
  return file;
}

/**
 * Ends the processes whose program ended without them, and removes the files of ended programs.
 *
 * @returns the ids of the processes that were ended
 */
export function endOrphans(folder: string, kill: (pid: number) => void): number[] {
  const orphans: number[] = [];
  for (const run of namesIn(folder)) {
    const own = join(folder, run);
    if (isHeld(join(own, OWNER))) continue;
    for (const name of namesIn(own)) {
      const path = join(own, name);
      const pid = isHeld(path) ? Number(Deno.readTextFileSync(path)) : 0;
      if (pid === 0) continue;
      kill(pid);
      orphans.push(pid);
    }
    removeIfThere(own);
  }
  return orphans;
}

/** Whether a process holds the lock of a file. */
function isHeld(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    return !file.tryLockSync(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

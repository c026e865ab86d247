/**
 * The library of a worker: the built-in things and the games of a folder, kept current while files come and go.
 *
 * @module
 */
import { join } from "node:path";
import type { Clock } from "../protocol/clock.ts";
import type { Log } from "../protocol/log.ts";
import { type App, findApp } from "../protocol/legs/room.ts";
import { BUILT_IN, type Entry, gameEntries, isGame } from "./library/entries.ts";
import { scanFolder } from "./library/scan.ts";
import { type WatchFolder, watchFolder } from "./library/watch_folder.ts";
import { findCores, systemCoreFolders } from "./sources/libretro/cores.ts";

const MAX_DEPTH = 6;
/** A worker tells its whole library in one message, which holds 2,000 apps. */
const MAX_GAMES = 1_900;
/** Files are copied in pieces: the folder is read again once it was quiet for this long, in milliseconds. */
const QUIET = 500;

export interface LibraryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder of games; made when it does not exist. */
  readonly roms: string;
  /** Folders of libretro cores; the system's own when empty. */
  readonly cores: readonly string[];
  /** Folder of everything that is kept. */
  readonly data: string;
  /** The apps are not the same as before. */
  readonly changed: () => void;
  readonly watch?: WatchFolder;
}

export interface Library extends Disposable {
  readonly apps: readonly App[];
  find(app: string): Entry | undefined;
}

export function openLibrary(
  { clock, log, roms, cores, data, changed, watch = watchFolder }: LibraryOptions,
): Library {
  const folders = { roms, system: join(data, "system"), sram: join(data, "sram") };
  let entries = read();
  let due: Disposable | undefined;
  const watching = watch(roms, {
    changed() {
      due?.[Symbol.dispose]();
      due = clock.after(QUIET, refresh);
    },
    failed: (reason) => log.warn("library not watched", { reason }),
  });

  return {
    get apps() {
      return entries.map(({ app }) => app);
    },
    find(id) {
      const app = findApp(entries.map(({ app }) => app), id);
      return app && entries.find((entry) => entry.app === app);
    },
    [Symbol.dispose]() {
      due?.[Symbol.dispose]();
      watching[Symbol.dispose]();
    },
  };

  function refresh(): void {
    const before = JSON.stringify(entries);
    entries = read();
    if (JSON.stringify(entries) !== before) changed();
  }

  function read(): Entry[] {
    makeFolders();
    const found = findCores(cores.length > 0 ? cores : systemCoreFolders());
    const { paths, faults } = scanFolder(roms, {
      maxDepth: MAX_DEPTH,
      maxFiles: MAX_GAMES,
      accepts: (name) => isGame(name, found),
    });
    for (const reason of faults) log.warn("library incomplete", { reason });
    log.info("library", { roms, games: paths.length, cores: found.map(({ id }) => id) });
    return [...BUILT_IN, ...gameEntries(paths, { cores: found, folders })];
  }

  function makeFolders(): void {
    for (const folder of Object.values(folders)) {
      try {
        Deno.mkdirSync(folder, { recursive: true });
      } catch (error) {
        log.warn("folder not made", { folder, error });
      }
    }
  }
}

/**
 * The library of a worker: the built-in apps and the games of a folder, kept current while files come and go. The
 * system's notices make a change visible at once; the folder is read every minute as well, because there are none
 * for linked folders, network shares and disks mounted over it. A watch that ends is begun again.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, every } from "../protocol/clock.ts";
import type { Log } from "../protocol/log.ts";
import { type App, findApp, type PassedOver, type PassedOverList } from "../protocol/legs/room.ts";
import {
  BUILT_IN,
  type Entry,
  gameEntries,
  isGame,
  type LibraryFolders,
} from "./library/entries.ts";
import type { FolderReader, WatchFolder } from "./library/ports.ts";
import { scanFolder } from "./library/scan.ts";
import { systemFolder, watchFolder } from "./library/system_folder.ts";
import { findCores, systemCoreFolders } from "./sources/libretro/cores.ts";

const MAX_DEPTH = 6;
/** A worker tells its whole library in one message, which holds 2,000 apps. */
const MAX_GAMES = 1_900;
/** The most files and folders that a worker tells it passed over; the rest is counted. */
const MAX_PASSED_OVER = 50;
/** Files are copied in pieces: the folder is read again once it was quiet for this long, in milliseconds. */
const QUIET = 500;
/** How often the folder is read whether or not a change was noticed, in milliseconds. */
export const RESCAN = 60_000;
/** A watch that ended is begun again after this long, unless it ended as soon as it began, in milliseconds. */
const WATCH_AGAIN = 1_000;
/** How long opening waits for the first scan, in milliseconds: a share that hangs does not keep the worker. */
const FIRST_SCAN = 5_000;

export interface LibraryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder of games; made when it does not exist. */
  readonly roms: string;
  /** Folders of libretro cores; the system's own when empty. */
  readonly cores: readonly string[];
  /** Folder of everything that is kept. */
  readonly data: string;
  /** The apps, or what was passed over, are not the same as before. */
  readonly changed: () => void;
  readonly watch?: WatchFolder;
  readonly reader?: FolderReader;
}

export interface Library extends Disposable {
  readonly apps: readonly App[];
  /** Absent when nothing was passed over. */
  readonly passedOver: PassedOverList | undefined;
  find(app: string): Entry | undefined;
  /** Reads the folder now. Never rejects. */
  refresh(): Promise<void>;
}

/** Opens the library; resolves once its folder was read for the first time, or after five seconds. */
export async function openLibrary(options: LibraryOptions): Promise<Library> {
  const folders = {
    roms: options.roms,
    system: join(options.data, "system"),
    sram: join(options.data, "sram"),
  };
  for (const folder of Object.values(folders)) {
    await Deno.mkdir(folder, { recursive: true })
      .catch((error) => options.log.warn("folder not made", { folder, error }));
  }
  const library = new FolderLibrary(options, folders);
  const late = Promise.withResolvers<void>();
  using _limit = options.clock.after(FIRST_SCAN, late.resolve);
  await Promise.race([library.refresh(), late.promise]);
  library.follow();
  return library;
}

class FolderLibrary implements Library {
  readonly #options: LibraryOptions;
  readonly #folders: LibraryFolders;
  readonly #reader: FolderReader;
  #entries: readonly Entry[] = BUILT_IN;
  #passedOver: readonly PassedOver[] = [];
  #following: DisposableStack | undefined;
  #due: Disposable | undefined;
  /** The watch, and the folder that it watches: a path may lead to another one later. */
  #watch: (Disposable & { readonly identity: string | undefined }) | undefined;
  #reading: Promise<void> | undefined;
  #changedMeanwhile = false;
  #closed = false;

  constructor(options: LibraryOptions, folders: LibraryFolders) {
    this.#options = options;
    this.#folders = folders;
    this.#reader = options.reader ?? systemFolder;
  }

  get apps(): readonly App[] {
    return this.#entries.map(({ app }) => app);
  }

  get passedOver(): PassedOverList | undefined {
    const count = this.#passedOver.length;
    return count === 0 ? undefined : { first: this.#passedOver.slice(0, MAX_PASSED_OVER), count };
  }

  find(id: string): Entry | undefined {
    const app = findApp(this.apps, id);
    return app && this.#entries.find((entry) => entry.app === app);
  }

  /** Keeps the library current from now on. */
  follow(): void {
    this.#following = new DisposableStack();
    this.#following.use(every(this.#options.clock, RESCAN, () => void this.refresh()));
  }

  /** Reads the folder; a change that is noticed meanwhile has it read once more. Never rejects. */
  refresh(): Promise<void> {
    if (this.#reading) this.#changedMeanwhile = true;
    return this.#reading ??= this.#readAll().finally(() => this.#reading = undefined);
  }

  [Symbol.dispose](): void {
    this.#following?.[Symbol.dispose]();
    this.#following = undefined;
    this.#due?.[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    this.#closed = true;
  }

  async #readAll(): Promise<void> {
    do {
      this.#changedMeanwhile = false;
      await this.#rearm();
      await this.#read();
    } while (this.#changedMeanwhile && !this.#closed);
  }

  async #read(): Promise<void> {
    const { log, roms, cores, changed } = this.#options;
    const before = JSON.stringify([this.#entries, this.#passedOver]);
    const found = findCores(cores.length > 0 ? cores : systemCoreFolders());
    const { paths, passedOver } = await scanFolder(roms, {
      reader: this.#reader,
      maxDepth: MAX_DEPTH,
      maxFiles: MAX_GAMES,
      accepts: (name) => isGame(name, found),
    });
    if (this.#closed) return;
    const games = gameEntries(paths, { cores: found, folders: this.#folders });
    this.#entries = [...BUILT_IN, ...games];
    this.#passedOver = passedOver;
    if (JSON.stringify([this.#entries, passedOver]) === before) return;
    log.info("library", { roms, games: paths.length, cores: found.map(({ id }) => id) });
    for (const each of passedOver.slice(0, MAX_PASSED_OVER)) log.warn("passed over", { ...each });
    if (this.#following) changed();
  }

  /** Begins to watch when nothing does, or when the path leads to another folder than the one that is watched. */
  async #rearm(): Promise<void> {
    const { roms, watch = watchFolder, clock, log } = this.#options;
    const identity = await this.#reader.kindOf(roms).then(
      (kind) => kind?.identity,
      () => undefined,
    );
    if (this.#closed || (this.#watch && this.#watch.identity === identity)) return;
    if (this.#watch) {
      this.#watch[Symbol.dispose]();
      this.#watch = undefined;
      // The runtime lets go of a path some time after it was told; until then a new watch of it is deaf.
      return this.#refreshAfter(WATCH_AGAIN);
    }
    if (identity === undefined) return;
    const began = clock.now();
    const watching = watch(roms, {
      changed: () => this.#refreshAfter(QUIET),
      failed: (reason) => {
        this.#watch = undefined;
        log.warn("library not watched", { reason });
        if (clock.now() - began > WATCH_AGAIN) this.#refreshAfter(WATCH_AGAIN);
      },
    });
    this.#watch = { identity, [Symbol.dispose]: () => watching[Symbol.dispose]() };
  }

  #refreshAfter(delay: number): void {
    if (this.#closed) return;
    this.#due?.[Symbol.dispose]();
    this.#due = this.#options.clock.after(delay, () => void this.refresh());
  }
}

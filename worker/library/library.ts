/**
 * The library of a worker: the built-in apps and the games of a folder. The library follows changes of the folder. A
 * file system event makes a change visible at once. The folder is also read every minute, because linked folders,
 * network shares and disks mounted over it send no events. A watch that ends is started again.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, every } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import {
  type App,
  findApp,
  type PassedOver,
  type PassedOverList,
} from "../../protocol/legs/room.ts";
import { coresWithoutBios } from "./bios.ts";
import { BUILT_IN, type Entry, gameEntries, isGame, type LibraryFolders } from "./entries.ts";
import type { FolderReader, WatchFolder } from "./ports.ts";
import { type FileEnd, readFileEnd, zippedGame } from "./zipped_game.ts";
import { scanFolder } from "./scan.ts";
import { GAMES_FILE, NO_SETTINGS, readGamesFile } from "./games_file.ts";
import { readTextFile, systemFolder, watchFolder } from "./system_folder.ts";
import { findCores, systemCoreFolders } from "../sources/libretro/cores.ts";

/** How many folders deep games are found, the library's folder included. */
const MAX_DEPTH = 6;
/** The most games; a worker sends its whole library in one message, which holds at most 2,000 apps. */
const MAX_GAMES = 1_900;
/** The most passed-over files and folders that a worker reports by name; the rest is only counted. */
const MAX_PASSED_OVER = 50;
/** Logged when the games folder is missing. */
const NO_FOLDER =
  "the games folder is not there: make it and put games into it, or name another one in FARPAD_ROMS";
/** The folder is read once no event came for this long, in milliseconds, because a file is copied in pieces. */
const QUIET = 500;
/** How often the folder is read without an event, in milliseconds. */
export const RESCAN = 60_000;
/** A watch that ended is started again after this long, in milliseconds, unless it ended sooner than that. */
const WATCH_AGAIN = 1_000;
/** How long opening waits for the first scan, in milliseconds, so that a hanging share does not stop the worker. */
const FIRST_SCAN = 5_000;

/** The options of {@linkcode openLibrary}. */
export interface LibraryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder of games; made when it does not exist. */
  readonly roms: string;
  /** Folders of libretro cores; the system's own when empty. */
  readonly cores: readonly string[];
  /** Folder of the worker's data. */
  readonly data: string;
  /** Called when the apps or the passed-over files changed. */
  readonly changed: () => void;
  readonly watch?: WatchFolder;
  readonly reader?: FolderReader;
  /** Reads the end of a file; the system's own when absent. */
  readonly readEnd?: (path: string) => Promise<FileEnd>;
  /** Reads a text file; `undefined` when there is none. The system's own when absent. */
  readonly readText?: (path: string) => Promise<string | undefined>;
}

/** The apps of a worker. */
export interface Library extends Disposable {
  readonly apps: readonly App[];
  /** The same with their sources. */
  readonly entries: readonly Entry[];
  /** Absent when nothing was passed over. */
  readonly passedOver: PassedOverList | undefined;
  find(app: string): Entry | undefined;
  /** Reads the folder now. Never rejects. */
  refresh(): Promise<void>;
}

/** The folder of files that cores need besides a game (BIOS), in the worker's data. */
export function systemFolderOf(data: string): string {
  return join(data, "system");
}

/** Opens the library; resolves after the first scan of its folder, or after five seconds. */
export async function openLibrary(options: LibraryOptions): Promise<Library> {
  const folders = {
    roms: options.roms,
    system: systemFolderOf(options.data),
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
  #settings = NO_SETTINGS;
  #following: DisposableStack | undefined;
  #due: Disposable | undefined;
  /** The watch, and the identity of its folder: the same path may lead to another folder later. */
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

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get passedOver(): PassedOverList | undefined {
    const count = this.#passedOver.length;
    return count === 0 ? undefined : { first: this.#passedOver.slice(0, MAX_PASSED_OVER), count };
  }

  find(id: string): Entry | undefined {
    const app = findApp(this.apps, id);
    return app && this.#entries.find((entry) => entry.app === app);
  }

  /** Starts to read the folder every minute. */
  follow(): void {
    this.#following = new DisposableStack();
    this.#following.use(every(this.#options.clock, RESCAN, () => void this.refresh()));
  }

  /** Reads the folder, and once more when a change is noticed meanwhile. Never rejects. */
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
    const { log, roms, cores, changed, readEnd = readFileEnd } = this.#options;
    const before = JSON.stringify([this.#entries, this.#passedOver]);
    const found = findCores(cores.length > 0 ? cores : systemCoreFolders());
    const { paths, inside, passedOver: ofScan } = await scanFolder(roms, {
      reader: this.#reader,
      maxDepth: MAX_DEPTH,
      maxFiles: MAX_GAMES,
      accepts: (name) => isGame(name, found),
      zipped: async (path) => zippedGame(await readEnd(path), (name) => isGame(name, found)),
    });
    if (this.#closed) return;
    const fault = await this.#readSettings();
    if (this.#closed) return;
    const settings = this.#settings;
    const folders = this.#folders;
    const withoutBios = await coresWithoutBios(found, {
      folder: folders.system,
      reader: this.#reader,
    });
    if (this.#closed) return;
    const games = gameEntries(paths, { cores: found, folders, settings, inside, withoutBios });
    this.#entries = [...BUILT_IN, ...games];
    const passedOver = fault ? [fault, ...ofScan] : ofScan;
    this.#passedOver = passedOver;
    if (JSON.stringify([this.#entries, passedOver]) === before) return;
    log.info("library", { roms, games: paths.length, cores: found.map(({ id }) => id) });
    for (const { path, reason, cause } of passedOver.slice(0, MAX_PASSED_OVER)) {
      if (path === "." && reason === "gone") log.warn(NO_FOLDER, { roms });
      else log.warn("passed over", { path, reason, ...(cause !== undefined && { cause }) });
    }
    if (this.#following) changed();
  }

  /** Reads the file of settings; the fault of one that cannot be used, whose settings stay as they were. */
  async #readSettings(): Promise<PassedOver | undefined> {
    const { roms, readText = readTextFile } = this.#options;
    const fault = (cause: string): PassedOver => ({ path: GAMES_FILE, reason: "settings", cause });
    let text: string | undefined;
    try {
      text = await readText(join(roms, GAMES_FILE));
    } catch (error) {
      return fault(errorText(error).slice(0, 200));
    }
    const read = text === undefined ? { settings: NO_SETTINGS } : readGamesFile(text);
    if ("fault" in read) return fault(read.fault);
    this.#settings = read.settings;
    return undefined;
  }

  /** Starts a watch when there is none, or when the path leads to another folder than the watched one. */
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
      // The runtime releases a path some time after the watch is closed; a new watch gets no events until then.
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

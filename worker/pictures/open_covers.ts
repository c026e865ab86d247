/**
 * Puts the parts that make covers together, and shows a library with its covers.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Entry } from "../library/entries.ts";
import type { AppLibrary } from "../worker.ts";
import { CoverFolder } from "./cover_folder.ts";
import { coverProcesses } from "./cover_process.ts";
import { Covers, type CoversOptions, type Game } from "./covers.ts";
import { keyOf } from "./game_key.ts";
import { picturePath } from "./picture_server.ts";

/** A library that finds the sources of its apps. */
type Library = Pick<AppLibrary, "apps" | "passedOver"> & {
  readonly entries: readonly Entry[];
  find(app: string): Entry | undefined;
};

/** What covers are made of and with. */
export interface OpenCoversOptions extends Pick<CoversOptions, "isAtRest" | "changed"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly library: Library;
  readonly folder: string;
  /** Begin of the addresses at the worker's HTTP server. */
  readonly base: string;
  readonly permissions: readonly string[];
  readonly sandbox: readonly string[];
}

/** The covers of a worker, and its library with them. */
export interface OpenedCovers extends Disposable {
  readonly library: AppLibrary;
  find(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The library changed. */
  follow(): void;
  /** Somebody starts to play. */
  yield(): void;
}

/** Opens the covers that were kept, and makes those that are missing. */
export async function openCovers(options: OpenCoversOptions): Promise<OpenedCovers> {
  const { library, base } = options;
  const folder = new CoverFolder(options);
  await folder.load();
  const covers = new Covers({ ...options, folder, start: coverProcesses(options), keyOf });
  covers.follow(gamesOf(library.entries));
  return {
    library: {
      get apps() {
        return library.apps.map((app) => withCover(app, covers.nameOf(app.app_id), base));
      },
      get passedOver() {
        return library.passedOver;
      },
      find: (app) => library.find(app),
    },
    find: (name) => folder.read(name),
    follow: () => covers.follow(gamesOf(library.entries)),
    yield: () => covers.yield(),
    [Symbol.dispose]: () => covers[Symbol.dispose](),
  };
}

function gamesOf(entries: readonly Entry[]): readonly Game[] {
  return entries.flatMap(({ app, spec }) => spec.kind === "ingest" ? [] : [{ app, spec }]);
}

function withCover(app: App, name: string | undefined, base: string): App {
  return name === undefined ? app : { ...app, cover: `${base}${picturePath(name)}` };
}

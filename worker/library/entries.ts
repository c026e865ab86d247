/**
 * The entries of a library: the built-in apps, and every game file with the source that plays it.
 *
 * @module
 */
import { extname, join } from "node:path";
import type { ButtonMap } from "../../protocol/control/button_map.ts";
import { AppId } from "../../protocol/ids.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Core } from "../sources/libretro/cores.ts";
import type { SourceSpec } from "../sources/ports.ts";
import { whyUnsupported } from "../sources/libretro/unsupported.ts";
import {
  GAMES_FILE,
  type GameSettings,
  type GamesSettings,
  isIgnored,
  NO_SETTINGS,
} from "./games_file.ts";
import { findWay, mostPads, type Way } from "./systems.ts";
import { earlierIdsOf, idOf, titleOf } from "./titles.ts";

/** An app, and the source that a room opens for it. */
export interface Entry {
  readonly app: App;
  readonly spec: SourceSpec;
}

/** The paths of a library's folders. */
export interface LibraryFolders {
  readonly roms: string;
  /** Files that cores need besides the game (BIOS). */
  readonly system: string;
  /** Battery-backed memory and clocks of cartridges. */
  readonly sram: string;
}

/** The apps that need no file. */
export const BUILT_IN: readonly Entry[] = [
  {
    app: {
      app_id: AppId.parse("paddle-duel"),
      title: "Paddle Duel",
      kind: "game",
      system: "NES",
      players: 2,
    },
    spec: { kind: "builtin", name: "paddle-duel" },
  },
  {
    app: {
      app_id: AppId.parse("test-pattern"),
      title: "Test pattern",
      kind: "game",
      system: "Test pattern",
      players: 2,
    },
    spec: { kind: "pattern", width: 640, height: 480, frameRate: 60 },
  },
];

/** Whether a file name has the extension of a game, whether or not this worker can play it. */
export function isGame(name: string, cores: readonly Core[]): boolean {
  return findWay(extension(name), cores) !== undefined;
}

/** The entries of game files at `paths` (relative to the ROM folder), by title. */
export function gameEntries(
  paths: readonly string[],
  { cores, folders, settings = NO_SETTINGS, inside = new Map(), withoutBios = new Map() }: {
    cores: readonly Core[];
    /** Why cores cannot play for want of a BIOS, by id. */
    withoutBios?: ReadonlyMap<string, string>;
    folders: LibraryFolders;
    /** The names of the games in those paths that are ZIP files. */
    inside?: ReadonlyMap<string, string>;
    settings?: GamesSettings;
  },
): Entry[] {
  const wanted = paths.filter((path) => !isIgnored(path, settings));
  const entries = wanted.toSorted().flatMap((path) => {
    const ofGame = settings.games.get(path);
    const zipped = inside.get(path);
    const found = findWay(extension(zipped ?? path), cores);
    const way = withBios(
      found && ofGame?.core !== undefined ? namedCore(found, ofGame.core, cores) : found,
      withoutBios,
    );
    return way ? [entry(path, { way, folders, ofGame, settings, zipped })] : [];
  });
  return entries.sort((a, b) => a.app.title.localeCompare(b.app.title, "en"));
}

function entry(
  path: string,
  { way, folders, ofGame, settings, zipped }: {
    way: Way;
    zipped: string | undefined;
    folders: LibraryFolders;
    ofGame: GameSettings | undefined;
    settings: GamesSettings;
  },
): Entry {
  const { system } = way;
  const ofCore = settings.cores.get(coreOf(way));
  const options = { ...ofCore?.options, ...ofGame?.options };
  const seats = "core" in way && ofGame?.seats !== undefined
    ? Math.min(ofGame.seats, mostPads(way.core.id))
    : undefined;
  const buttons = { ...ofCore?.buttons, ...ofGame?.buttons };
  return {
    app: {
      app_id: idOf(path),
      earlier_ids: earlierIdsOf(path),
      title: ofGame?.title ?? titleOf(path),
      kind: "game",
      system: system.name,
      players: seats ?? system.players,
      ...(Object.keys(buttons).length > 0 && { buttons }),
      ...("missing" in way && { unavailable: way.missing }),
    },
    spec: specOf(join(folders.roms, path), { way, folders, options, buttons, seats, zipped }),
  };
}

/** The id of the core by which a game is played, as the file of settings has it. */
function coreOf(way: Way): string {
  if ("core" in way) return way.core.id;
  return "embedded" in way ? way.embedded : "";
}

/** The way, or why its core cannot play for want of a BIOS. */
function withBios(
  way: Way | undefined,
  withoutBios: ReadonlyMap<string, string>,
): Way | undefined {
  const why = way && "core" in way ? withoutBios.get(way.core.id) : undefined;
  if (!way || why === undefined) return way;
  return { system: way.system, missing: `Cannot play ${way.system.name} games: ${why}.` };
}

/** The way with the core that the file of settings names for a game. */
function namedCore({ system }: Way, id: string, cores: readonly Core[]): Way {
  const core = cores.find((each) => each.id === id);
  const why = core ? whyUnsupported(id) : "it is not installed here";
  if (core && why === undefined) return { system, core };
  return {
    system,
    missing: `Cannot use the core ${id}, which ${GAMES_FILE} names for this game: ${why}.`,
  };
}

function specOf(
  rom: string,
  { way, folders: { system, sram }, options, buttons, seats, zipped }: {
    way: Way;
    zipped: string | undefined;
    folders: LibraryFolders;
    options: Readonly<Record<string, string>>;
    buttons: ButtonMap;
    seats: number | undefined;
  },
): SourceSpec {
  const packed = {
    ...(zipped !== undefined && { zipped }),
    ...(Object.keys(buttons).length > 0 && { buttons }),
  };
  if ("embedded" in way) {
    return way.embedded === "jsnes"
      ? { kind: "jsnes", rom, saves: sram, ...packed }
      : { kind: "pattern-file", path: rom };
  }
  const core = "core" in way ? way.core.path : "";
  const wanted = seats !== undefined && { seats };
  return { kind: "libretro", core, rom, system, saves: sram, options, ...wanted, ...packed };
}

function extension(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/**
 * What can be played: the built-in things first, then every game file with the way it is played.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { AppId } from "../../protocol/ids.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Core } from "../sources/libretro/cores.ts";
import type { SourceSpec } from "../sources/ports.ts";
import { findWay, type Way } from "./systems.ts";
import { slugOf, titleOf } from "./titles.ts";

export interface Entry {
  readonly app: App;
  readonly spec: SourceSpec;
}

/** Folders, as paths. */
export interface LibraryFolders {
  readonly roms: string;
  /** Files that cores need besides the game (BIOS). */
  readonly system: string;
  /** What games keep by themselves (battery-backed memory). */
  readonly sram: string;
}

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

/** Whether a file name's extension belongs to a game, playable here or not. */
export function isGame(name: string, cores: readonly Core[]): boolean {
  return findWay(extension(name), cores) !== undefined;
}

/** The entries of game files at `paths` (relative to the ROM folder), by title. */
export function gameEntries(
  paths: readonly string[],
  { cores, folders }: { cores: readonly Core[]; folders: LibraryFolders },
): Entry[] {
  const taken = new Set<string>(BUILT_IN.map(({ app }) => app.app_id));
  const entries = paths.toSorted().flatMap((path) => {
    const way = findWay(extension(path), cores);
    if (!way) return [];
    const id = freeId(path, taken);
    taken.add(id);
    return [entry(path, { id, way, folders })];
  });
  return entries.sort((a, b) => a.app.title.localeCompare(b.app.title, "en"));
}

function entry(
  path: string,
  { id, way, folders }: { id: string; way: Way; folders: LibraryFolders },
): Entry {
  const { system } = way;
  return {
    app: {
      app_id: AppId.parse(id),
      title: titleOf(path),
      kind: "game",
      system: system.name,
      players: system.players,
      ...("missing" in way && { unavailable: way.missing }),
    },
    spec: specOf(join(folders.roms, path), { way, folders }),
  };
}

function specOf(
  rom: string,
  { way, folders: { system, sram } }: { way: Way; folders: LibraryFolders },
): SourceSpec {
  if ("embedded" in way) {
    return way.embedded === "jsnes"
      ? { kind: "jsnes", rom, saves: sram }
      : { kind: "pattern-file", path: rom };
  }
  const core = "core" in way ? way.core.path : "";
  return { kind: "libretro", core, rom, system, saves: sram, options: {} };
}

/** The path's slug; where that is taken, with a mark of the path's own, so that it does not depend on others. */
function freeId(path: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(path);
  if (!taken.has(slug)) return slug;
  return `${slug}-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
}

function extension(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

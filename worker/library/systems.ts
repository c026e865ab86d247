/**
 * The game systems by file extension, and the choice of the libretro core for each.
 *
 * @module
 */
import type { Core } from "../sources/libretro/cores.ts";
import { HAS_OWN_STACK_CALLBACKS } from "../sources/libretro/callbacks/machine_code.ts";
import { whyUnsupported } from "../sources/libretro/unsupported.ts";

/** A game system. */
export interface System {
  /** The common name. */
  readonly name: string;
  /** How many players can take a seat. */
  readonly players: number;
  /** Core ids, the best one first. */
  readonly cores: readonly string[];
  /** The Debian package of one of the cores, if there is one. */
  readonly debian?: string;
  /** The source that plays it without a core. */
  readonly embedded?: Embedded;
}

/** Sources that need no libretro core: the embedded NES, and described test pictures. */
export type Embedded = "jsnes" | "pattern";

const NES: System = {
  name: "NES",
  players: 2,
  cores: ["nestopia", "mesen", "fceumm", "quicknes"],
  debian: "libretro-nestopia",
};
const SNES: System = {
  name: "SNES",
  // Further pads take a multitap, with which some games for two do not run: `games.toml` says so for a game.
  players: 2,
  cores: [
    ...["snes9x", "snes9x2010", "mesen-s"],
    ...["bsnes", "bsnes_mercury_balanced", "bsnes_mercury_performance", "bsnes_mercury_accuracy"],
  ],
  ...(HAS_OWN_STACK_CALLBACKS && { debian: "libretro-bsnes-mercury-balanced" }),
};
const PLAYSTATION: System = {
  name: "PlayStation",
  players: 4,
  cores: ["mednafen_psx", "swanstation", "pcsx_rearmed"],
  debian: "libretro-beetle-psx",
};
const GAME_BOY: System = {
  name: "Game Boy",
  players: 1,
  cores: ["gambatte", "mgba", "sameboy"],
  debian: "libretro-gambatte",
};
const MEGA_DRIVE: System = {
  name: "Mega Drive",
  players: 4,
  cores: ["genesis_plus_gx", "picodrive", "blastem"],
};
const WONDERSWAN: System = {
  name: "WonderSwan",
  players: 1,
  cores: ["mednafen_wswan"],
  debian: "libretro-beetle-wswan",
};
const NEO_GEO_POCKET: System = {
  name: "Neo Geo Pocket",
  players: 1,
  cores: ["mednafen_ngp", "race"],
};
const NINTENDO_64: System = {
  name: "Nintendo 64",
  players: 4,
  cores: ["mupen64plus_next", "parallel_n64"],
};

/** Systems by extension. Ambiguous extensions, such as `.bin` and `.zip`, are left out. */
const SYSTEMS: Readonly<Record<string, System>> = {
  nes: { ...NES, embedded: "jsnes" },
  unf: NES,
  unif: NES,
  fds: { ...NES, name: "Famicom Disk System" },
  sfc: SNES,
  smc: SNES,
  gb: GAME_BOY,
  gbc: { ...GAME_BOY, name: "Game Boy Color" },
  gba: {
    name: "Game Boy Advance",
    players: 1,
    cores: ["mgba", "vbam", "gpsp"],
    debian: "libretro-mgba",
  },
  vb: {
    name: "Virtual Boy",
    players: 1,
    cores: ["mednafen_vb"],
    debian: "libretro-beetle-vb",
  },
  nds: {
    name: "Nintendo DS",
    players: 1,
    cores: ["desmume", "melonds"],
    debian: "libretro-desmume",
  },
  n64: NINTENDO_64,
  z64: NINTENDO_64,
  v64: NINTENDO_64,
  md: MEGA_DRIVE,
  gen: MEGA_DRIVE,
  smd: MEGA_DRIVE,
  sms: { ...MEGA_DRIVE, name: "Master System", players: 2 },
  gg: { ...MEGA_DRIVE, name: "Game Gear", players: 1 },
  pce: {
    name: "PC Engine",
    players: 5,
    cores: ["mednafen_pce_fast", "mednafen_pce"],
    debian: "libretro-beetle-pce-fast",
  },
  ws: WONDERSWAN,
  wsc: WONDERSWAN,
  ngp: NEO_GEO_POCKET,
  ngc: NEO_GEO_POCKET,
  // Discs of other systems end the same way: `games.toml` names the core of such a game.
  cue: PLAYSTATION,
  ccd: PLAYSTATION,
  pbp: PLAYSTATION,
  a26: { name: "Atari 2600", players: 2, cores: ["stella", "stella2014"] },
  pattern: { name: "Test pattern", players: 2, cores: [], embedded: "pattern" },
  lnx: { name: "Atari Lynx", players: 1, cores: ["handy", "mednafen_lynx"] },
};

/** Extensions that many cores list and that name no system. */
const AMBIGUOUS = new Set(["bin", "zip", "7z", "iso", "img", "exe", "com", "bat", "conf", "txt"]);

/** Cores that read fewer pads than their console has, whatever is plugged into it. */
const FEWER_PADS: readonly (readonly [RegExp, number])[] = [[/^bsnes_mercury_/, 2]];

/** How many pads a core reads at most. */
export function mostPads(core: string): number {
  return FEWER_PADS.find(([pattern]) => pattern.test(core))?.[1] ?? Infinity;
}

/** How a game file is played on this worker: by a core, by an embedded source, or not, with the reason (`missing`). */
export type Way =
  | { readonly system: System; readonly core: Core }
  | { readonly system: System; readonly embedded: Embedded }
  | { readonly system: System; readonly missing: string };

/**
 * Finds how files with an extension (lower case, without the dot) are played with the cores of this machine;
 * `undefined` when the extension is not a game's.
 */
export function findWay(extension: string, cores: readonly Core[]): Way | undefined {
  const system = SYSTEMS[extension];
  const usable = cores.filter((core) => whyUnsupported(core.id) === undefined);
  const preferred = system?.cores.map((id) => usable.find((core) => core.id === id)) ?? [];
  const core = preferred.find((found) => found !== undefined) ??
    usable.find(({ extensions }) => extensions.includes(extension));
  if (!system) {
    return core && !AMBIGUOUS.has(extension) ? { system: unlisted(core), core } : undefined;
  }
  if (core) return { system, core };
  const { embedded } = system;
  return embedded
    ? { system, embedded }
    : { system, missing: missing(system, { extension, cores }) };
}

function unlisted(core: Core): System {
  return { name: core.system.slice(0, 60) || core.name, players: 2, cores: [core.id] };
}

/** The sentence that says why there is no core for a system, and what to do. */
function missing(
  system: System,
  { extension, cores }: { extension: string; cores: readonly Core[] },
): string {
  const refused = cores.find((core) => core.extensions.includes(extension)) ??
    cores.find((core) => system.cores.includes(core.id));
  if (refused) return `Cannot play ${system.name} games: ${whyUnsupported(refused.id)}.`;
  const remedy = system.debian
    ? `Install the package ${system.debian}`
    : `Put a core such as ${system.cores[0]} into a folder that FARPAD_CORES names`;
  return `Cannot play ${system.name} games: no libretro core for them is installed. ${remedy}.`;
}

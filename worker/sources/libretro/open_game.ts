/**
 * Loads a core and a game in it. Every refusal is a sentence that names what cannot be opened and why.
 *
 * @module
 */
import { basename } from "node:path";
import { errorText } from "../../../protocol/error_text.ts";
import { readRom } from "../rom_file.ts";
import type { Rates } from "./av_info.ts";
import { type Game, LoadedCore } from "./core.ts";
import { coreId } from "./cores.ts";
import { regionOptions } from "./options/region_options.ts";
import { whyUnsupported } from "./unsupported.ts";

/** Bytes at a file's beginning that contain its region. */
const HEADER = 16;

/** A game and the core that runs it. */
export interface GameInCore {
  /** Path of the core. */
  readonly core: string;
  /** Path of the game, or the game itself under a name. */
  readonly rom: string | { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** Folders. Without `saves` nothing is kept. */
  readonly system?: string;
  readonly saves?: string;
  /** Core options by key. */
  readonly options?: Readonly<Record<string, string>>;
  /** How many seats the owner of the game wants; absent: as many as the system has without a multitap. */
  readonly seats?: number;
}

/** Loads the core and the game, or returns the reason why one of them cannot be used. */
export function openGame(
  { core: path, rom, system = "", saves = "", options, seats }: GameInCore,
): { readonly core: LoadedCore; readonly game: Game } | { readonly error: string } {
  const region = regionOptions(coreId(path) ?? "", firstBytes(rom));
  const loaded = loadCore(path, { system, saves, options: { ...region, ...options } });
  if ("error" in loaded) return loaded;
  const { core } = loaded;
  const game = readGame(rom, core);
  if ("error" in game) return refuse(core, game.error);

  const name = basename(game.path);
  if (!core.loadGame(game, seats)) {
    return refuse(core, `Cannot open the game "${name}": ${whyRejected(core)}`);
  }
  const rates = core.environment.refusedRates;
  if (!rates) return { core, game };
  return refuse(core, `Cannot open the game "${name}": the core ${core.name} ${ratesWords(rates)}`);
}

/** What a core announces that cannot be played. */
export function ratesWords({ frameRate, sampleRate }: Rates): string {
  return `announces ${frameRate} pictures and ${sampleRate} samples a second`;
}

function loadCore(
  path: string,
  options: ConstructorParameters<typeof LoadedCore>[1],
): { readonly core: LoadedCore } | { readonly error: string } {
  const fail = (why: string) => ({ error: `Cannot load the core "${basename(path)}": ${why}` });
  const unsupported = whyUnsupported(coreId(path) ?? "");
  if (unsupported) return fail(unsupported);
  try {
    if (!Deno.statSync(path).isFile) return fail("it is not a file");
    return { core: new LoadedCore(path, options) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return fail("there is no such file");
    const reason = errorText(error);
    return fail(reason.replace(/^(Could not open library: )+/, ""));
  }
}

/** The name of a game and the header of its file; empty when it cannot be read, which {@linkcode readGame} reports. */
function firstBytes(rom: GameInCore["rom"]): { name: string; header: Uint8Array } {
  if (typeof rom !== "string") return { name: rom.name, header: rom.bytes.subarray(0, HEADER) };
  const header = new Uint8Array(HEADER);
  const name = basename(rom);
  try {
    using file = Deno.openSync(rom);
    return { name, header: header.subarray(0, file.readSync(header) ?? 0) };
  } catch {
    return { name, header: header.subarray(0, 0) };
  }
}

function readGame(
  rom: GameInCore["rom"],
  core: LoadedCore,
): Game | { readonly error: string } {
  if (typeof rom !== "string") {
    if (!core.needsPath) return { path: rom.name, bytes: rom.bytes };
    return {
      error: `Cannot open "${rom.name}": the core ${core.name} only reads games from files`,
    };
  }
  if (!core.needsPath) {
    const read = readRom(rom);
    return "error" in read ? read : { path: rom, bytes: read.bytes };
  }
  try {
    if (Deno.statSync(rom).isFile) return { path: rom };
  } catch {
    // The refusal below reports it.
  }
  return { error: `Cannot open the game "${basename(rom)}": there is no such file` };
}

function whyRejected({ name, environment }: LoadedCore): string {
  if (environment.needsGpu) {
    return `the core ${name} draws with a GPU (hardware rendering), which is not offered`;
  }
  const reason = environment.message ? `; its message is "${environment.message.trim()}"` : "";
  return `the core ${name} does not accept it${reason}`;
}

function refuse(core: LoadedCore, error: string): { readonly error: string } {
  core[Symbol.dispose]();
  return { error };
}

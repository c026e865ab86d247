/**
 * A game in a libretro core.
 *
 * @module
 */
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import type { PadState } from "../../../protocol/control/control.ts";
import type { OpenedSource, Source, SourceInfo, Step } from "../ports.ts";
import { readRom } from "../rom_file.ts";
import { sealState, unsealState } from "../saved_state.ts";
import { openSramFile, type SramFile } from "../sram_file.ts";
import { type Game, LoadedCore } from "./core.ts";
import { coreId } from "./cores.ts";
import { type AvInfo, MAX_USERS } from "./environment.ts";
import { regionOptions } from "./region_options.ts";
import { whyUnsupported } from "./unsupported.ts";

/** Battery-backed memory is looked at this often, in frames: ten seconds at 60 a second. */
const SRAM_PERIOD = 600;
/** Bytes of a file that tell its region. */
const HEADER = 16;
/** A core that reports more than this is not believed. */
const MAX_FRAME_RATE = 1_000;

export interface LibretroOptions {
  /** Path of the core. */
  readonly core: string;
  /** Path of the game, or the game itself under a name. */
  readonly rom: string | { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** Folders. Without `saves` nothing is kept. */
  readonly system?: string;
  readonly saves?: string;
  /** Core options by key. */
  readonly options?: Readonly<Record<string, string>>;
  /** Gets a sentence about what goes wrong without ending the game. */
  readonly warn?: (sentence: string) => void;
}

export function openLibretro(options: LibretroOptions): OpenedSource {
  const { core: path, rom, system = "", saves, warn = console.warn } = options;
  const region = regionOptions(coreId(path) ?? "", firstBytes(rom));
  const loaded = loadCore(path, {
    system,
    saves: saves ?? "",
    options: { ...region, ...options.options },
  });
  if ("error" in loaded) return loaded;
  const { core } = loaded;
  const game = readGame(rom, core);
  if ("error" in game) return refuse(core, game.error);

  const name = basename(game.path);
  if (!core.loadGame(game)) {
    return refuse(core, `Cannot open the game "${name}": ${whyRejected(core)}`);
  }
  const { frameRate, sampleRate } = core.environment.av;
  if (!(frameRate > 0 && frameRate <= MAX_FRAME_RATE && sampleRate > 0)) {
    const rates = `${frameRate} pictures and ${sampleRate} samples a second`;
    return refuse(core, `Cannot open the game "${name}": the core ${core.name} reports ${rates}`);
  }
  const checksum = crc32(game.bytes ?? game.path);
  const sram = saves === undefined
    ? undefined
    : openSramFile({ folder: saves, rom: game.path, checksum, warn });
  return { source: new LibretroSource(core, { owner: `${core.name} ${checksum}`, sram }) };
}

class LibretroSource implements Source {
  readonly #core: LoadedCore;
  /** Whose states these are. */
  readonly #owner: string;
  readonly #sram: SramFile | undefined;
  #av: AvInfo;
  #info: SourceInfo;
  #frame = 0;

  constructor(
    core: LoadedCore,
    { owner, sram }: { owner: string; sram: SramFile | undefined },
  ) {
    this.#core = core;
    this.#owner = owner;
    this.#sram = sram;
    this.#av = core.environment.av;
    this.#info = { ...this.#av, players: MAX_USERS };
    this.#restoreSram();
  }

  get info(): SourceInfo {
    return this.#info;
  }

  /**
   * @throws {Error} when the game ended itself.
   */
  step(pads: readonly PadState[]): Step {
    this.#core.inputs.set(pads);
    const picture = this.#core.run();
    const { av, ended } = this.#core.environment;
    if (ended) throw new Error("The game ended itself");
    if (av !== this.#av) {
      this.#av = av;
      this.#info = { ...av, players: MAX_USERS };
    }
    this.#frame += 1;
    if (this.#frame % SRAM_PERIOD === 0) this.#keepSram();
    return { picture, sound: this.#core.sound.samples };
  }

  reset(): void {
    this.#core.reset();
  }

  save(): Uint8Array<ArrayBuffer> | undefined {
    const state = this.#core.serialize();
    return state && sealState(state, this.#owner);
  }

  load(state: Uint8Array): boolean {
    const body = unsealState(state, this.#owner);
    return body !== undefined && this.#core.unserialize(body);
  }

  [Symbol.dispose](): void {
    this.#keepSram();
    this.#core[Symbol.dispose]();
  }

  #restoreSram(): void {
    const memory = this.#core.saveMemory();
    const kept = memory && this.#sram?.read(memory.length);
    if (kept) memory.set(kept);
  }

  #keepSram(): void {
    const memory = this.#sram && this.#core.saveMemory();
    if (memory) this.#sram?.write(memory);
  }
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
    const reason = error instanceof Error ? error.message : String(error);
    return fail(reason.replace(/^(Could not open library: )+/, ""));
  }
}

/** The name of a game and the header of its file; empty when it cannot be read, which {@linkcode readGame} tells. */
function firstBytes(rom: LibretroOptions["rom"]): { name: string; header: Uint8Array } {
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
  rom: LibretroOptions["rom"],
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
    // Told below.
  }
  return { error: `Cannot open the game "${basename(rom)}": there is no such file` };
}

function whyRejected({ name, environment }: LoadedCore): string {
  if (environment.asksForGpu) {
    return `the core ${name} draws with a GPU (hardware rendering), which is not offered`;
  }
  const said = environment.message ? `; it says "${environment.message.trim()}"` : "";
  return `the core ${name} does not accept it${said}`;
}

function refuse(core: LoadedCore, error: string): { readonly error: string } {
  core[Symbol.dispose]();
  return { error };
}

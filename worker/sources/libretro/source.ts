/**
 * A game in a libretro core.
 *
 * @module
 */
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import type { Picture } from "../../../media/ports.ts";
import { uprightSize } from "../../../media/pictures/turner.ts";
import type { PadState } from "../../../protocol/control/pad.ts";
import type { Motors } from "../../../protocol/rumble/motors.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { OpenedSource, Source, SourceInfo, Step } from "../ports.ts";
import { readRom } from "../rom_file.ts";
import { sealState, unsealState } from "../saved_state.ts";
import { openSramFile, type SramFile } from "../sram_file.ts";
import { type Game, LoadedCore } from "./core.ts";
import { coreId } from "./cores.ts";
import type { AvInfo, Rates } from "./av_info.ts";
import { MAX_USERS } from "./environment.ts";
import { regionOptions } from "./region_options.ts";
import { whyUnsupported } from "./unsupported.ts";

/** Battery-backed memory is written this often if it changed, in frames: ten seconds at 60 a second. */
const SRAM_PERIOD = 600;
/** The clock of a cartridge changes by itself all the time: it is kept every minute, in frames, and at the end. */
const CLOCK_PERIOD = 6 * SRAM_PERIOD;
/** The shape of a picture until its size is known. */
const USUAL_ASPECT = 4 / 3;
/** Bytes at a file's beginning that contain its region. */
const HEADER = 16;

/** A game, the core that runs it, and their folders. */
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
  /** Called with a sentence about a fault that does not end the game. */
  readonly warn?: (sentence: string) => void;
}

/** Opens a game in a libretro core, or returns the reason why the core or the game cannot be used. */
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
  const rates = core.environment.refusedRates;
  if (rates) {
    return refuse(core, `Cannot open the game "${name}": the core ${core.name} ${words(rates)}`);
  }
  const checksum = crc32(game.bytes ?? game.path);
  const file = { folder: saves ?? "", rom: game.path, checksum, warn };
  const kept = saves !== undefined && {
    sram: openSramFile(file),
    clock: openSramFile({ ...file, kind: "rtc" }),
  };
  return { source: new LibretroSource(core, { owner: `${core.name} ${checksum}`, warn, ...kept }) };
}

/** The members of a loaded core that a source uses. */
export type PlayableCore =
  & Disposable
  & Pick<
    LoadedCore,
    "name" | "run" | "reset" | "serialize" | "unserialize" | "saveMemory" | "clockMemory"
  >
  & {
    readonly version?: string;
    readonly environment: Pick<LoadedCore["environment"], "av" | "refusedRates" | "ended">;
    readonly inputs: Pick<LoadedCore["inputs"], "set">;
    readonly sound: Pick<LoadedCore["sound"], "samples">;
    readonly rumble?: Pick<LoadedCore["rumble"], "motors" | "clear">;
  };

/** A loaded game as a source. Disposing it unloads the core. */
export class LibretroSource implements Source {
  readonly #core: PlayableCore;
  /** The core and game that saved states belong to. */
  readonly #owner: string;
  readonly #sram: SramFile | undefined;
  readonly #clock: SramFile | undefined;
  readonly #warn: (sentence: string) => void;
  #av: AvInfo;
  #refusedRates: Rates | undefined;
  /** Size of the newest picture, upright. */
  #size: { readonly width: number; readonly height: number };
  #info: SourceInfo;
  #frame = 0;

  constructor(
    core: PlayableCore,
    { owner, sram, clock, warn }: {
      owner: string;
      /** The files of the battery-backed memory and of the cartridge's clock. A memory without a file is not kept. */
      sram?: SramFile | undefined;
      clock?: SramFile | undefined;
      warn: (sentence: string) => void;
    },
  ) {
    this.#core = core;
    this.#warn = warn;
    this.#owner = owner;
    this.#sram = sram;
    this.#clock = clock;
    this.#av = core.environment.av;
    this.#size = this.#av;
    this.#info = describe(this.#av, this.#size, core);
    this.#restoreMemory();
  }

  get info(): SourceInfo {
    return this.#info;
  }

  get rumble(): readonly Motors[] | undefined {
    return this.#core.rumble?.motors;
  }

  /**
   * @throws {Error} when the game ended itself.
   */
  step(pads: readonly PadState[]): Step {
    this.#core.inputs.set(pads);
    const picture = this.#core.run();
    if (this.#core.environment.ended) throw new Error("The game ended itself");
    this.#notice(picture);
    this.#frame += 1;
    if (this.#frame % SRAM_PERIOD === 0) this.#keepMemory(this.#frame % CLOCK_PERIOD === 0);
    return { picture, sound: this.#core.sound.samples };
  }

  reset(): void {
    this.#core.reset();
    this.#core.rumble?.clear();
  }

  save(): Uint8Array<ArrayBuffer> | undefined {
    this.#keepMemory(true);
    return this.snapshot();
  }

  snapshot(): Uint8Array<ArrayBuffer> | undefined {
    const state = this.#core.serialize();
    return state && sealState(state, this.#owner);
  }

  load(state: Uint8Array): boolean {
    const body = unsealState(state, this.#owner);
    if (body === undefined) return false;
    this.#core.rumble?.clear();
    return this.#core.unserialize(body);
  }

  [Symbol.dispose](): void {
    this.#keepMemory(true);
    this.#core[Symbol.dispose]();
  }

  /** Updates the description after a change of mode, or of the size of pictures, which a core need not announce. */
  #notice(picture: Picture | undefined): void {
    const { av, refusedRates } = this.#core.environment;
    const size = picture ? uprightSize(picture, picture.rotation) : this.#size;
    if (av !== this.#av || size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#av = av;
      this.#size = size;
      const info = describe(av, size, this.#core);
      if (!isSame(info, this.#info)) this.#info = info;
    }
    if (refusedRates === this.#refusedRates) return;
    this.#refusedRates = refusedRates;
    if (!refusedRates) return;
    this.#warn(`The core ${this.#core.name} ${words(refusedRates)}: those before stay`);
  }

  #restoreMemory(): void {
    for (const { memory, file } of this.#memories(true)) {
      const kept = file.read(memory.length);
      if (kept) memory.set(kept);
    }
  }

  #keepMemory(withClock: boolean): void {
    for (const { memory, file } of this.#memories(withClock)) file.write(memory);
  }

  /** The cartridge's memories and the files that keep them. */
  #memories(withClock: boolean): { memory: Uint8Array; file: SramFile }[] {
    const kinds = [
      { memory: this.#sram && this.#core.saveMemory(), file: this.#sram },
      { memory: withClock && this.#clock && this.#core.clockMemory(), file: this.#clock },
    ];
    return kinds.flatMap(({ memory, file }) => memory && file ? [{ memory, file }] : []);
  }
}

/** The description that the core announces, except for the size, which is that of its pictures. */
function describe(
  { aspect, frameRate, sampleRate }: AvInfo,
  { width, height }: { readonly width: number; readonly height: number },
  { name, version = "" }: Pick<PlayableCore, "name" | "version">,
): SourceInfo {
  return {
    core: { name: name.slice(0, 64), version: version.slice(0, 64) },
    width,
    height,
    aspect: aspect ?? (height > 0 ? width / height : USUAL_ASPECT),
    frameRate,
    sampleRate,
    players: MAX_USERS,
  };
}

/** A core may announce the same geometry with every picture. */
function isSame(one: SourceInfo, other: SourceInfo): boolean {
  return one.width === other.width && one.height === other.height && one.aspect === other.aspect &&
    one.frameRate === other.frameRate && one.sampleRate === other.sampleRate;
}

function words({ frameRate, sampleRate }: Rates): string {
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

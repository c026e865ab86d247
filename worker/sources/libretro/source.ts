/**
 * A game in a libretro core.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { Picture } from "../../../media/ports.ts";
import { uprightSize } from "../../../media/pictures/turner.ts";
import type { PadState } from "../../../protocol/control/pad.ts";
import type { StorageReason } from "../../../protocol/disk/storage_fault.ts";
import type { Motors } from "../../../protocol/rumble/motors.ts";
import type {
  OpenedSource,
  Source,
  SourceInfo,
  SourceOptions,
  StateOptions,
  Step,
} from "../ports.ts";
import { sealState, unsealState } from "../saved_state.ts";
import { openSramFile, type SramFile } from "../sram_file.ts";
import type { AvInfo, Rates } from "./av_info.ts";
import type { LoadedCore } from "./core.ts";
import { MAX_USERS } from "./environment.ts";
import { type GameInCore, openGame, ratesWords } from "./open_game.ts";
import type { CoreOptions } from "./options/core_options.ts";

/** Battery-backed memory is written this often if it changed, in frames: ten seconds at 60 a second. */
const SRAM_PERIOD = 600;
/** The clock of a cartridge changes by itself all the time: it is kept every minute, in frames, and at the end. */
const CLOCK_PERIOD = 6 * SRAM_PERIOD;
/** The shape of a picture until its size is known. */
const USUAL_ASPECT = 4 / 3;

/** A game, the core that runs it, and their folders. */
export interface LibretroOptions extends GameInCore {
  /** Called with a sentence about a fault that does not end the game. */
  readonly warn?: (sentence: string) => void;
}

/** Opens a game in a libretro core, or returns the reason why the core or the game cannot be used. */
export function openLibretro({ warn = console.warn, ...wanted }: LibretroOptions): OpenedSource {
  const opened = openGame(wanted);
  if ("error" in opened) return opened;
  const { core, game } = opened;
  const { saves } = wanted;
  const checksum = crc32(game.bytes ?? game.path);
  const file = { folder: saves ?? "", rom: game.path, checksum, warn };
  const kept = saves !== undefined && {
    sram: openSramFile(file),
    clock: openSramFile({ ...file, kind: "rtc" }),
  };
  // The game's file may be gone by then.
  const rom = game.bytes ? { name: game.path, bytes: game.bytes } : wanted.rom;
  const reopen: Reopen = (options = wanted.options) =>
    openGame({ ...wanted, rom, ...(options && { options }) });
  const owner = `${core.name} ${checksum}`;
  return { source: new LibretroSource(core, { owner, warn, reopen, ...kept }) };
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
    readonly environment:
      & Pick<LoadedCore["environment"], "av" | "refusedRates" | "ended">
      & { readonly options?: CoreOptions };
    readonly inputs: Pick<LoadedCore["inputs"], "set">;
    readonly sound: Pick<LoadedCore["sound"], "samples">;
    readonly rumble?: Pick<LoadedCore["rumble"], "motors" | "clear">;
  };

/** Loads a core and a game with these options, or with those of `games.toml`, or says why that cannot be done. */
type Reopen = (
  options?: Readonly<Record<string, string>>,
) => { readonly core: PlayableCore } | { readonly error: string };

/** A loaded game as a source. Disposing it unloads the core. */
export class LibretroSource implements Source {
  #loaded: PlayableCore;
  /** Loads the core and the game anew, with other options. */
  readonly #reopen: Reopen | undefined;
  /** Why there is no core any more. */
  #over: string | undefined;
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
  #loads = 0;

  constructor(
    core: PlayableCore,
    { owner, sram, clock, reopen, warn }: {
      owner: string;
      /** Loads the core and the game anew. Absent: no option needs that. */
      reopen?: Reopen;
      /** The files of the battery-backed memory and of the cartridge's clock. A memory without a file is not kept. */
      sram?: SramFile | undefined;
      clock?: SramFile | undefined;
      warn: (sentence: string) => void;
    },
  ) {
    this.#loaded = core;
    this.#reopen = reopen;
    this.#warn = warn;
    this.#owner = owner;
    this.#sram = sram;
    this.#clock = clock;
    this.#av = core.environment.av;
    this.#size = this.#av;
    this.#info = describe(this.#av, this.#size, core);
    this.#restoreMemory();
  }

  get #core(): PlayableCore {
    if (this.#over !== undefined) throw new Error(this.#over);
    return this.#loaded;
  }

  get info(): SourceInfo {
    return this.#info;
  }

  get rumble(): readonly Motors[] | undefined {
    return this.#core.rumble?.motors;
  }

  get loads(): number {
    return this.#loads;
  }

  get options(): SourceOptions | undefined {
    const { options } = this.#core.environment;
    return options && options.size > 0 ? options : undefined;
  }

  get memoryFault(): StorageReason | undefined {
    return this.#sram?.fault ?? this.#clock?.fault;
  }

  /**
   * @throws {Error} when the game ended itself, or could not be loaded anew.
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
    const { options } = this.#core.environment;
    if (this.#reopen && options?.awaitsRestart) this.#startAnew(this.#reopen, options);
    else this.#core.reset();
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
    const putBack = this.#holdMemory();
    const isLoaded = this.#core.unserialize(body);
    // A core may have taken a part of what it refused.
    if (!isLoaded) putBack();
    return isLoaded;
  }

  resume(state: Uint8Array, wanted: StateOptions): boolean {
    const reopen = this.#reopen;
    if (!reopen) return this.load(state);
    const { values, unknown = [] } = this.#core.environment.options?.forState(wanted) ?? {};
    if (unknown.length > 0) this.#warn(unknownWords(this.#core, unknown));
    const failure = values && this.#open(() => reopen(values), reopen);
    if (failure !== undefined) this.#warn(`${failure}. The game began with those of games.toml`);
    // The state need not have the cartridge's memory in it.
    if (values) this.#restoreMemory();
    if (!this.load(state)) {
      // What the core took of the state is not to be written over what the cartridge kept.
      this.#open(reopen);
      this.#restoreMemory();
      return false;
    }
    for (const chosen of Object.entries(wanted.chosen)) {
      this.#core.environment.options?.set(...chosen);
    }
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#over !== undefined) return;
    this.#keepMemory(true);
    this.#core[Symbol.dispose]();
  }

  /** Loads core and game with the options as they are; with those before when the game does not start so. */
  #startAnew(reopen: Reopen, { values, firstValues }: CoreOptions): void {
    const putBack = this.#holdMemory();
    this.#keepMemory(true);
    const failure = this.#open(() => reopen(values), () => reopen(firstValues));
    putBack();
    if (failure === undefined) return;
    throw new Error(`${failure}. The game was started with the options before`);
  }

  /**
   * Closes the core and opens another one by the first of `ways` that can. Returns why the first could not.
   *
   * @throws {Error} when none can
   */
  #open(...ways: readonly Reopen[]): string | undefined {
    this.#core[Symbol.dispose]();
    // It stays over if the core cannot even say why.
    this.#over = "The game was closed to be loaded anew, and that failed";
    this.#loads += 1;
    const failures: string[] = [];
    for (const way of ways) {
      const opened = way();
      if ("error" in opened) {
        failures.push(opened.error);
        continue;
      }
      this.#loaded = opened.core;
      this.#over = undefined;
      return failures[0];
    }
    this.#over = failures.at(-1)!;
    throw new Error(this.#over);
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
    this.#warn(`The core ${this.#core.name} ${ratesWords(refusedRates)}: those before stay`);
  }

  /** Copies the cartridge's memories, with a file or not. What it returns puts them back, also into another core. */
  #holdMemory(): () => void {
    const both = () => [this.#core.saveMemory(), this.#core.clockMemory()];
    const held = both().map((memory) => memory?.slice());
    return () => {
      for (const [n, memory] of both().entries()) {
        if (held[n]?.length === memory?.length) memory?.set(held[n]!);
      }
    };
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
  { name, version = "", environment }: Pick<PlayableCore, "name" | "version" | "environment">,
): SourceInfo {
  const options = environment.options?.size ?? 0;
  return {
    core: { name: name.slice(0, 64), version: version.slice(0, 64) },
    width,
    height,
    aspect: aspect ?? (height > 0 ? width / height : USUAL_ASPECT),
    frameRate,
    sampleRate,
    players: MAX_USERS,
    ...(options > 0 && { options }),
  };
}

function unknownWords({ name }: PlayableCore, keys: readonly string[]): string {
  const some = keys.slice(0, 8).join(", ");
  return `The core ${name} has no such options or values as the room had: ${some}`;
}

/** A core may announce the same geometry with every picture. */
function isSame(one: SourceInfo, other: SourceInfo): boolean {
  return one.width === other.width && one.height === other.height && one.aspect === other.aspect &&
    one.frameRate === other.frameRate && one.sampleRate === other.sampleRate;
}

/**
 * The interface of a room's source: a game core or a test picture. A source has no clock; its owner steps it.
 *
 * @module
 */
import type { Picture, QuarterTurns } from "../../media/ports.ts";
import type { ButtonMap } from "../../protocol/control/button_map.ts";
import type { PadState } from "../../protocol/control/pad.ts";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import type { IngestStart } from "../../protocol/field/ingest.ts";
import type { Motors } from "../../protocol/rumble/motors.ts";
import type { CoreVersion } from "../../protocol/saves/save.ts";

/** The rates, the size and the pads of a source. */
export interface SourceInfo {
  /** Pictures a second as the source announces it, such as 60.0988. */
  readonly frameRate: number;
  /** Sound samples a second. */
  readonly sampleRate: number;
  /** Size of the upright picture before scaling, in pixels. If a picture differs, the picture's size counts. */
  readonly width: number;
  readonly height: number;
  /** Width ÷ height of the upright picture on its display: pixels need not be square. */
  readonly aspect: number;
  /**
   * How many pads it reads. The directions of pads are those of the upright picture. A source that draws its picture
   * turned maps the directions itself, as libretro cores do.
   */
  readonly players: number;
  /** The core that runs it, which its saved states are of; absent of a source without one. */
  readonly core?: CoreVersion;
  /** How many options it has; absent: none. */
  readonly options?: number;
}

/** An option that a core declares, in the core's own words, which are not to be trusted. */
export interface CoreOption {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  /** The values that it can have. */
  readonly choices: readonly string[];
  /** What each choice is called, in their order. Absent: as it is written. */
  readonly labels?: readonly string[];
  /** The heading that it stands under. */
  readonly category?: string;
  /** What it does, in one line. */
  readonly help?: string;
  /** When the value counts: with the next step, or when the game is loaded anew. Absent: the core has it. */
  readonly later?: "step" | "restart";
}

/** The outcome of a choice: done, no option of that key, or none of its choices. */
export type OptionOutcome = "set" | "unknown" | "no_choice";

/** The options that a state is of: a core may refuse the state of other ones. What is in neither has its default. */
export interface StateOptions {
  /** The values that the core has, by key. */
  readonly values: Readonly<Record<string, string>>;
  /** The values that were chosen, and that wait. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** The options of a source. */
export interface SourceOptions {
  list(): readonly CoreOption[];
  /** Those of a state that is taken at this moment. */
  ofState(): StateOptions;
  set(key: string, value: string): OptionOutcome;
}

/** The result of one step, valid until the next step. */
export interface Step {
  /** `undefined`: the picture did not change. */
  readonly picture: Picture | undefined;
  /** Interleaved stereo, signed 16 bit. */
  readonly sound: Int16Array;
}

/** A game or picture that advances one frame at a time. Disposing it writes its battery-backed memory to the disk. */
export interface Source extends Disposable {
  /** May change after a step (a core may switch modes). */
  readonly info: SourceInfo;
  /** The motors by seat: the same object until a value changes. Absent: the source has none. */
  readonly rumble?: readonly Motors[] | undefined;
  /** How often it was loaded anew: a state from before is of other options. Absent: it never is. */
  readonly loads?: number;
  /** Absent: the source has none. */
  readonly options?: SourceOptions | undefined;
  /** Why the newest write of the cartridge's memory failed. Absent: it is kept, or the cartridge has none. */
  readonly memoryFault?: StorageReason | undefined;
  /** Advances by one frame. `pads[n]` is seat n's newest state. */
  step(pads: readonly PadState[]): Step;
  /**
   * Starts over, with the options that waited for it.
   *
   * @throws {Error} when the game does not start with them: then those before are back
   */
  reset(): void;
  /** The whole state, or `undefined` when this source cannot save one. The cartridge's memory is written first. */
  save(): Uint8Array<ArrayBuffer> | undefined;
  /** As {@linkcode save}, and writes nothing. It is taken each second. Absent: the source has no states. */
  snapshot?(): Uint8Array<ArrayBuffer> | undefined;
  /** Loads a state. False when it is not a state of this source: then the cartridge's memory is as it was. */
  load(state: Uint8Array): boolean;
  /**
   * As {@linkcode load}, with the options that the state is of, as far as the core has them. False: then it begins as it
   * was opened, with the cartridge's memory that is kept. Absent: it has no options.
   *
   * @throws {Error} when the game does not start any more
   */
  resume?(state: Uint8Array, options: StateOptions): boolean;
}

/** A source that the source thread steps frame by frame. Plain data, because it is posted to the thread. */
export type SteppedSpec =
  /**
   * A NES game in the embedded core. `saves`: folder of battery-backed memory; without it none is kept. `zipped`: the
   * name of the game in `rom`, a ZIP file.
   */
  | {
    readonly kind: "jsnes";
    readonly rom: string;
    readonly zipped?: string;
    readonly saves?: string;
    readonly buttons?: ButtonMap;
  }
  /**
   * A game in a libretro core; `core`, `rom`, `system` and `saves` are paths (`system`, `saves`: folders). Without
   * `saves` nothing is kept.
   */
  | {
    readonly kind: "libretro";
    readonly core: string;
    readonly rom: string;
    readonly zipped?: string;
    readonly system: string;
    readonly saves?: string;
    /** Core options by key, over the core's own defaults. */
    readonly options: Readonly<Record<string, string>>;
    /** What the buttons of a person's pad press; each presses itself when absent. */
    readonly buttons?: ButtonMap;
    /** How many seats the owner of the game wants; absent: as many as the system has without a multitap. */
    readonly seats?: number;
  }
  /** The built-in NES game, by name; needs no file. `core` picks a libretro core instead of the embedded one. */
  | { readonly kind: "builtin"; readonly name: "paddle-duel"; readonly core?: string }
  | ({ readonly kind: "pattern" } & PatternShape)
  /** A test picture that the file at `path` describes. */
  | { readonly kind: "pattern-file"; readonly path: string };

/** A test picture: it carries a machine-readable time code. */
export interface PatternShape {
  /** Of the upright picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly frameRate: number;
  /** The rotation of the delivered pictures, as those of an upright arcade game have one. None when absent. */
  readonly rotation?: QuarterTurns;
  /** Width ÷ height of a pixel; 1 when absent. */
  readonly pixelAspect?: number;
  /** Noise on the colour bars, so that the picture needs many bits: greatest change of brightness, of 255. */
  readonly noise?: number;
}

/** A field stream to receive. It is not stepped: pictures arrive at the sender's rate. */
export interface IngestSpec {
  readonly kind: "ingest";
  /** Where it is sent on to concerns the worker's main process alone. */
  readonly stream: Omit<IngestStart, "destinations">;
  /** IP address to listen at. */
  readonly address: string;
  /** First and last UDP port to try when the leased one is taken, inclusive. */
  readonly portRange: readonly [number, number];
  /** How long the stream is kept without a picture, in seconds. */
  readonly patience: number;
}

/** Every kind of source that a room can have. */
export type SourceSpec = SteppedSpec | IngestSpec;

/** A source, or a sentence that names what cannot be opened and why. */
export type OpenedSource = { readonly source: Source } | { readonly error: string };

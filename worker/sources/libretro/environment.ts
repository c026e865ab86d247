/**
 * Answers a core's environment calls (libretro.h, RETRO_ENVIRONMENT_…) and keeps the facts that the core announces.
 * A command that is not listed here is answered with false (not available), which every core must handle.
 *
 * @module
 */
import type { PixelFormat, QuarterTurns } from "../../../media/ports.ts";
import {
  arePlayable,
  type AvInfo,
  type Rates,
  readGeometry,
  readRates,
  UNKNOWN_AV,
} from "./av_info.ts";
import { addressOf, cString, Struct } from "./native.ts";
import { CoreOptions } from "./options/core_options.ts";
import {
  type KeyedDefinition,
  readCategorised,
  readDeclarations,
  readDefinitions,
} from "./options/definitions.ts";

const EXPERIMENTAL = 0x10000;

/** Command numbers; an experimental one has the bit {@linkcode EXPERIMENTAL}. */
export const COMMAND = {
  SET_ROTATION: 1,
  GET_CAN_DUPE: 3,
  SET_MESSAGE: 6,
  SHUTDOWN: 7,
  SET_PERFORMANCE_LEVEL: 8,
  GET_SYSTEM_DIRECTORY: 9,
  SET_PIXEL_FORMAT: 10,
  SET_INPUT_DESCRIPTORS: 11,
  SET_HW_RENDER: 14,
  GET_VARIABLE: 15,
  SET_VARIABLES: 16,
  GET_VARIABLE_UPDATE: 17,
  SET_SUPPORT_NO_GAME: 18,
  GET_RUMBLE_INTERFACE: 23,
  GET_SAVE_DIRECTORY: 31,
  SET_SYSTEM_AV_INFO: 32,
  SET_CONTROLLER_INFO: 35,
  SET_MEMORY_MAPS: 36 | EXPERIMENTAL,
  SET_GEOMETRY: 37,
  GET_LANGUAGE: 39,
  GET_INPUT_BITMASKS: 51 | EXPERIMENTAL,
  GET_CORE_OPTIONS_VERSION: 52,
  SET_CORE_OPTIONS: 53,
  SET_CORE_OPTIONS_INTL: 54,
  SET_CORE_OPTIONS_DISPLAY: 55,
  GET_INPUT_MAX_USERS: 61,
  SET_CORE_OPTIONS_V2: 67,
  SET_CORE_OPTIONS_V2_INTL: 68,
} as const;

/** By libretro's numbers. */
const PIXEL_FORMATS: readonly PixelFormat[] = ["0rgb1555", "xrgb8888", "rgb565"];
const ENGLISH = 0;
/** Options with categories; a core that does not know them declares its options in an older form. */
const OPTIONS_VERSION = 2;

/** The most pads that a core can read. */
export const MAX_USERS = 5;
/** Most ports of a core, and devices of a port, that are looked through for a multitap. */
const MAX_PORTS = 8;
const MAX_DEVICES = 32;
const MULTITAP = /multi-?\s?tap/i;

/** The folders and options that a core can read. */
export interface EnvironmentOptions {
  /** Folders, as paths. */
  readonly system: string;
  readonly saves: string;
  /** Core options by key. */
  readonly options: Readonly<Record<string, string>>;
}

/** A device of a port to which several pads are connected. */
export interface Multitap {
  readonly port: number;
  readonly device: number;
}

/** Answers the environment calls of one core. */
export class Environment {
  readonly #system: Uint8Array<ArrayBuffer>;
  readonly #saves: Uint8Array<ArrayBuffer>;
  /** The options that the core declared. */
  readonly options: CoreOptions;
  /** Option values that the core holds pointers to. */
  readonly #values = new Map<string, Uint8Array<ArrayBuffer>>();
  #pixelFormat: PixelFormat = "0rgb1555";
  #av = UNKNOWN_AV;
  #refusedRates: Rates | undefined;
  #message: string | undefined;
  #multitap: Multitap | undefined;
  #setRumble: bigint | undefined;
  #needsGpu = false;
  #ended = false;

  constructor({ system, saves, options }: EnvironmentOptions) {
    this.#system = cString(system);
    this.#saves = cString(saves);
    this.options = new CoreOptions(options);
  }

  /** Sets the address of the function that takes the levels of motors; without one a core has no motors. */
  offerRumble(address: bigint): void {
    this.#setRumble = address;
  }

  get pixelFormat(): PixelFormat {
    return this.#pixelFormat;
  }

  /** What the core announced about its picture and sound. It is the same object until a value changes. */
  get av(): AvInfo {
    return this.#av;
  }

  /** The newest message that the core has for the player. */
  get message(): string | undefined {
    return this.#message;
  }

  /** The multitap of the last port that can have one; absent: the core names none. */
  get multitap(): Multitap | undefined {
    return this.#multitap;
  }

  /** Whether the core requested rendering on a GPU. */
  get needsGpu(): boolean {
    return this.#needsGpu;
  }

  /** Whether the game ended itself, as one with an exit does. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Takes a `retro_system_av_info`. Returns false when its rates cannot be played: then it changes nothing but
   * {@linkcode refusedRates}.
   */
  setAv(info: Struct): boolean {
    const rates = readRates(info);
    this.#refusedRates = arePlayable(rates) ? undefined : rates;
    if (this.#refusedRates) return false;
    this.#av = { ...this.#av, ...readGeometry(info), ...rates };
    return true;
  }

  /** The rates that the core announced last, when they cannot be played. */
  get refusedRates(): Rates | undefined {
    return this.#refusedRates;
  }

  /** One environment call; the answer to the core: whether the command was carried out. */
  handle(command: number, data: Deno.PointerValue): boolean {
    if (data === null) return this.#note(command);
    const struct = new Struct(data);
    switch (command) {
      case COMMAND.GET_CAN_DUPE:
        struct.setUint8(1);
        return true;
      case COMMAND.GET_SYSTEM_DIRECTORY:
        struct.setPointer(addressOf(this.#system));
        return true;
      case COMMAND.GET_SAVE_DIRECTORY:
        struct.setPointer(addressOf(this.#saves));
        return true;
      case COMMAND.GET_RUMBLE_INTERFACE:
        if (this.#setRumble === undefined) return false;
        struct.setPointer(this.#setRumble);
        return true;
      case COMMAND.GET_LANGUAGE:
        struct.setUint32(ENGLISH);
        return true;
      case COMMAND.GET_CORE_OPTIONS_VERSION:
        struct.setUint32(OPTIONS_VERSION);
        return true;
      case COMMAND.GET_INPUT_MAX_USERS:
        struct.setUint32(MAX_USERS);
        return true;
      case COMMAND.GET_VARIABLE_UPDATE:
        struct.setUint8(this.options.hasChanged ? 1 : 0);
        return true;
      case COMMAND.GET_VARIABLE:
        return this.#getVariable(struct);
      case COMMAND.SET_VARIABLES:
        return this.#declare(readDeclarations(struct));
      case COMMAND.SET_CORE_OPTIONS:
        return this.#declare(readDefinitions(struct));
      case COMMAND.SET_CORE_OPTIONS_V2:
        return this.#declare(readCategorised(struct));
      // Both texts, of which the first are in English.
      case COMMAND.SET_CORE_OPTIONS_INTL:
        return this.#declareFirst(struct, readDefinitions);
      case COMMAND.SET_CORE_OPTIONS_V2_INTL:
        return this.#declareFirst(struct, readCategorised);
      case COMMAND.SET_CORE_OPTIONS_DISPLAY:
        // `{ key, bool }`: behind the one byte of the bool is anything.
        this.options.show(struct.text() ?? "", (struct.uint32(8) & 0xff) !== 0);
        return true;
      case COMMAND.SET_CONTROLLER_INFO:
        return this.#setControllers(struct);
      case COMMAND.SET_PIXEL_FORMAT:
        return this.#setPixelFormat(struct.uint32());
      case COMMAND.SET_GEOMETRY:
        this.#av = { ...this.#av, ...readGeometry(struct) };
        return true;
      case COMMAND.SET_SYSTEM_AV_INFO:
        return this.setAv(struct);
      case COMMAND.SET_MESSAGE:
        this.#message = struct.text();
        return true;
      case COMMAND.SET_ROTATION:
        return this.#setRotation(struct.uint32());
      default:
        return this.#note(command);
    }
  }

  /** Commands whose data is not read. */
  #note(command: number): boolean {
    switch (command) {
      case COMMAND.GET_INPUT_BITMASKS:
      case COMMAND.SET_PERFORMANCE_LEVEL:
      case COMMAND.SET_INPUT_DESCRIPTORS:
      case COMMAND.SET_SUPPORT_NO_GAME:
      case COMMAND.SET_CONTROLLER_INFO:
      case COMMAND.SET_MEMORY_MAPS:
        return true;
      case COMMAND.SHUTDOWN:
        this.#ended = true;
        return true;
      case COMMAND.SET_HW_RENDER:
        this.#needsGpu = true;
        return false;
      default:
        return false;
    }
  }

  #setPixelFormat(number: number): boolean {
    const format = PIXEL_FORMATS[number];
    if (format) this.#pixelFormat = format;
    return format !== undefined;
  }

  #setRotation(turns: number): boolean {
    if (turns > 3) return false;
    this.#av = { ...this.#av, rotation: turns as QuarterTurns };
    return true;
  }

  #declare(options: readonly KeyedDefinition[]): boolean {
    for (const [key, definition] of options) this.options.declare(key, definition);
    return true;
  }

  /** Declares what the first pointer points to. */
  #declareFirst(struct: Struct, read: (first: Struct) => readonly KeyedDefinition[]): boolean {
    const first = struct.struct();
    return first !== undefined && this.#declare(read(first));
  }

  /** An array of `{ devices, their number }` by port, which no devices end; a device is `{ name, number }`. */
  #setControllers(ports: Struct): boolean {
    for (let port = 0; port < MAX_PORTS; port++) {
      const devices = ports.struct(port * 16);
      if (!devices) break;
      const count = Math.min(ports.uint32(port * 16 + 8), MAX_DEVICES);
      for (let at = 0; at < count; at++) {
        if (!MULTITAP.test(devices.text(at * 16) ?? "")) continue;
        this.#multitap = { port, device: devices.uint32(at * 16 + 8) };
        break;
      }
    }
    return true;
  }

  #getVariable(struct: Struct): boolean {
    const value = this.options.value(struct.text() ?? "");
    if (value === undefined) return false;
    let bytes = this.#values.get(value);
    if (!bytes) this.#values.set(value, bytes = cString(value));
    struct.setPointer(addressOf(bytes), 8);
    return true;
  }
}

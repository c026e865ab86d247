/**
 * One loaded libretro core: its library, its callbacks and the memory they share. The only file that calls
 * native code. A core keeps its state in global variables, so there is one per process.
 *
 * @module
 */
import type { Picture } from "../../../media/ports.ts";
import { OwnStackCallbacks } from "./callbacks/own_stack.ts";
import { coreId } from "./cores.ts";
import { Environment, type EnvironmentOptions } from "./environment.ts";
import { Inputs, pluggedDevices } from "./inputs.ts";
import { addressOf, allocate, cString, Struct } from "./native.ts";
import { Rumble } from "./rumble.ts";
import { SoundBuffer } from "./sound.ts";
import {
  AUDIO_BATCH,
  AUDIO_SAMPLE,
  type CoreLibrary,
  ENVIRONMENT,
  INPUT_POLL,
  INPUT_STATE,
  SET_RUMBLE,
  SYMBOLS,
  VIDEO_REFRESH,
} from "./symbols.ts";
import { callsFromOwnStack } from "./unsupported.ts";

const API_VERSION = 1;
const SYSTEM_INFO_SIZE = 32;
const AV_INFO_SIZE = 40;
const GAME_INFO_SIZE = 32;
/** Kinds of memory (libretro.h, RETRO_MEMORY_…). */
const SAVE_RAM = 0;
const RTC = 1;
/** The video pointer of a picture that is on the GPU (RETRO_HW_FRAME_BUFFER_VALID). */
const ON_GPU = 0xffff_ffff_ffff_ffffn;

/** A game to load into a core. */
export interface Game {
  readonly path: string;
  /** Absent for a core that reads the file itself. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** A core that is loaded into this process. Disposing unloads it. */
export class LoadedCore implements Disposable {
  readonly environment: Environment;
  readonly inputs = new Inputs();
  readonly sound = new SoundBuffer();
  readonly rumble = new Rumble();
  readonly name: string;
  /** Its version, as it says of itself; may be empty. */
  readonly version: string;
  /** Whether the core opens the game's file itself. */
  readonly needsPath: boolean;
  readonly #library: CoreLibrary;
  readonly #callbacks = new DisposableStack();
  /** The callbacks of a core that calls from a stack of its own. */
  readonly #ownStack: OwnStackCallbacks | undefined;
  /** Memory the core holds pointers to. */
  readonly #held: unknown[] = [];
  #pixels = new Uint8Array();
  #picture: Picture | undefined;
  #hasGame = false;

  /**
   * @throws {Error} when the file is no library, no libretro core, or of another interface version.
   */
  constructor(path: string, options: EnvironmentOptions) {
    this.environment = new Environment(options);
    this.#library = Deno.dlopen(path, SYMBOLS);
    this.#ownStack = this.#register(callsFromOwnStack(coreId(path) ?? ""));
    const { symbols } = this.#library;
    const version = symbols.retro_api_version();
    if (version !== API_VERSION) {
      this.#close();
      throw new Error(`it speaks libretro ${version}, not ${API_VERSION}`);
    }
    symbols.retro_init();
    const info = allocate(SYSTEM_INFO_SIZE);
    symbols.retro_get_system_info(info);
    const named = new Struct(Deno.UnsafePointer.of(info)!);
    this.name = named.text() ?? "core";
    this.version = named.text(8) ?? "";
    this.needsPath = info[24] !== 0;
  }

  /** False when the core does not accept the game. `seats`: how many the owner of the game wants. */
  loadGame({ path, bytes }: Game, seats = 0): boolean {
    const name = cString(path);
    const info = allocate(GAME_INFO_SIZE);
    const view = new DataView(info.buffer);
    view.setBigUint64(0, addressOf(name), true);
    if (bytes) {
      view.setBigUint64(8, addressOf(bytes), true);
      view.setBigUint64(16, BigInt(bytes.length), true);
    }
    this.#held.push(name, info, bytes);
    this.#hasGame = this.#library.symbols.retro_load_game(info);
    if (this.#hasGame) {
      this.#readAvInfo();
      this.#plugPads(seats);
    }
    return this.#hasGame;
  }

  /** Runs one frame. The picture is `undefined` when it did not change. */
  run(): Picture | undefined {
    this.#picture = undefined;
    this.sound.clear();
    this.#ownStack?.begin(this.inputs);
    this.#library.symbols.retro_run();
    this.environment.options.stepped();
    const drawn = this.#ownStack?.end(this.sound);
    if (drawn) this.#show(drawn.pixels, drawn);
    return this.#picture;
  }

  reset(): void {
    this.#library.symbols.retro_reset();
  }

  /** The whole state, or `undefined` when this core cannot save its state. */
  serialize(): Uint8Array<ArrayBuffer> | undefined {
    const size = this.#library.symbols.retro_serialize_size();
    if (size === 0n) return undefined;
    const state = allocate(Number(size));
    return this.#library.symbols.retro_serialize(state, size) ? state : undefined;
  }

  unserialize(state: Uint8Array): boolean {
    const copy = allocate(state.length);
    copy.set(state);
    return this.#library.symbols.retro_unserialize(copy, BigInt(copy.length));
  }

  /** The game's battery-backed memory itself, not a copy; `undefined` when it has none. */
  saveMemory(): Uint8Array<ArrayBuffer> | undefined {
    return this.#memory(SAVE_RAM);
  }

  /** The memory of the cartridge's clock itself, not a copy; `undefined` when it has none. */
  clockMemory(): Uint8Array<ArrayBuffer> | undefined {
    return this.#memory(RTC);
  }

  #memory(kind: number): Uint8Array<ArrayBuffer> | undefined {
    const { symbols } = this.#library;
    const size = Number(symbols.retro_get_memory_size(kind));
    const pointer = symbols.retro_get_memory_data(kind);
    if (pointer === null || size === 0) return undefined;
    return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
  }

  [Symbol.dispose](): void {
    if (this.#hasGame) this.#library.symbols.retro_unload_game();
    this.#library.symbols.retro_deinit();
    this.#close();
  }

  /** Callbacks are closed last, because a core may call them until it is unloaded. */
  #close(): void {
    this.#library.close();
    this.#callbacks.dispose();
  }

  #register(fromOwnStack: boolean): OwnStackCallbacks | undefined {
    const { symbols } = this.#library;
    const environment = this.#callback(
      new Deno.UnsafeCallback(
        ENVIRONMENT,
        (command, data) => this.environment.handle(command, data),
      ),
    );
    if (fromOwnStack) {
      const callbacks = this.#callbacks.use(new OwnStackCallbacks(environment));
      symbols.retro_set_environment(callbacks.environment);
      symbols.retro_set_video_refresh(callbacks.video);
      symbols.retro_set_audio_sample(callbacks.sample);
      symbols.retro_set_audio_sample_batch(callbacks.batch);
      symbols.retro_set_input_poll(callbacks.poll);
      symbols.retro_set_input_state(callbacks.state);
      return callbacks;
    }
    const video = new Deno.UnsafeCallback(
      VIDEO_REFRESH,
      (pixels, width, height, stride) => this.#show(pixels, { width, height, stride }),
    );
    const sample = new Deno.UnsafeCallback(
      AUDIO_SAMPLE,
      (left, right) => this.sound.push(left, right),
    );
    const batch = new Deno.UnsafeCallback(AUDIO_BATCH, (samples, pairs) => {
      if (samples !== null) this.sound.pushBatch(samples, pairs);
      return BigInt(pairs);
    });
    const poll = new Deno.UnsafeCallback(INPUT_POLL, () => {});
    const state = new Deno.UnsafeCallback(
      INPUT_STATE,
      (port, device, index, id) => this.inputs.state(port, { device, index, id }),
    );
    const rumble = new Deno.UnsafeCallback(
      SET_RUMBLE,
      (port, effect, strength) => this.rumble.set(port, effect, strength),
    );
    this.environment.offerRumble(Deno.UnsafePointer.value(this.#callback(rumble)));
    symbols.retro_set_environment(environment);
    symbols.retro_set_video_refresh(this.#callback(video));
    symbols.retro_set_audio_sample(this.#callback(sample));
    symbols.retro_set_audio_sample_batch(this.#callback(batch));
    symbols.retro_set_input_poll(this.#callback(poll));
    symbols.retro_set_input_state(this.#callback(state));
    return undefined;
  }

  #callback(
    callback: { readonly pointer: Deno.PointerObject; close(): void },
  ): Deno.PointerObject {
    this.#callbacks.defer(() => callback.close());
    return callback.pointer;
  }

  /** The environment keeps rates that cannot be played separately, and the source then refuses the game. */
  #readAvInfo(): void {
    const info = allocate(AV_INFO_SIZE);
    this.#library.symbols.retro_get_system_av_info(info);
    this.environment.setAv(new Struct(Deno.UnsafePointer.of(info)!));
  }

  /** Connects the pads: some cores have none connected at their start. More than two take a multitap, where there is one. */
  #plugPads(seats: number): void {
    for (const [port, device] of pluggedDevices(seats, this.environment.multitap).entries()) {
      this.#library.symbols.retro_set_controller_port_device(port, device);
    }
  }

  #show(
    pixels: Deno.PointerValue,
    { width, height, stride }: { width: number; height: number; stride: number },
  ): void {
    if (pixels === null || Deno.UnsafePointer.value(pixels) === ON_GPU) return;
    const format = this.environment.pixelFormat;
    const row = width * (format === "xrgb8888" ? 4 : 2);
    // The last row ends with its last pixel: the memory after it may not belong to the core.
    const size = stride * (height - 1) + row;
    if (this.#pixels.length < size) this.#pixels = new Uint8Array(stride * height);
    const data = this.#pixels.subarray(0, size);
    Deno.UnsafePointerView.copyInto(pixels, data);
    const { rotation } = this.environment.av;
    this.#picture = { data, format, width, height, stride, rotation };
  }
}

/**
 * A NES game in the embedded core, which needs no installed package.
 *
 * @module
 */
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import { basename } from "node:path";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import type { NES } from "jsnes";
import { buttonBit, NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";
import { errorText } from "../../protocol/error_text.ts";
import { pack, unpack } from "../../protocol/msgpack.ts";
import { readInes, withPlainHeader } from "./ines.ts";
import { JsnesBattery } from "./jsnes_battery.ts";
import { createConsole } from "./jsnes_console.ts";
import { NES_TIMINGS, type NesRegion, nesRegion } from "./nes_region.ts";
import { buttonsWithStick } from "./pads.ts";
import type { OpenedSource, Source, SourceInfo, Step } from "./ports.ts";
import { sealState, unsealState } from "./saved_state.ts";
import { openSramFile } from "./sram_file.ts";

/** As in package.json. */
const CORE = { name: "jsnes", version: "3.0.0" };
const WIDTH = 256;
const HEIGHT = 240;

/** Sample rate that the core is set to, in samples a second. */
const SAMPLE_RATE = 48_000;

/** The core's button numbers by pad bit. X and Y are the core's turbo buttons. */
const BUTTONS = [
  [buttonBit("a"), 0],
  [buttonBit("b"), 1],
  [buttonBit("select"), 2],
  [buttonBit("start"), 3],
  [buttonBit("up"), 4],
  [buttonBit("down"), 5],
  [buttonBit("left"), 6],
  [buttonBit("right"), 7],
  [buttonBit("x"), 8],
  [buttonBit("y"), 9],
] as const;
const PLAYERS = [1, 2] as const;

/** More samples than a picture has: 799 at 60 pictures a second, 960 at 50. */
const MAX_SAMPLES = 2048;

/** Frames that are silenced after the start, in which the core's sound falls from full deflection to rest. */
const SETTLING = 8;

/** Largest state after it is inflated, in bytes. */
const MAX_STATE = 4 * 1024 * 1024;

/** Battery-backed memory is written this often if it changed, in frames: ten seconds. */
const SRAM_PERIOD = 600;

/** A game for the embedded core. */
export interface JsnesOptions {
  /** The cartridge's file. */
  readonly rom: Uint8Array<ArrayBuffer>;
  /** Its path, which names the game in sentences and its file of memory. */
  readonly path: string;
  /** Folder of battery-backed memory; without it nothing is kept. */
  readonly saves?: string | undefined;
  /** Called with a sentence about a fault that does not end the game. */
  readonly warn?: (sentence: string) => void;
}

/** Opens a game in the embedded core, or returns the reason why the core cannot run it. */
export function openJsnes(
  { rom, path, saves, warn = console.warn }: JsnesOptions,
): OpenedSource {
  const refuse = (why: string) => ({ error: `Cannot open the game "${basename(path)}": ${why}` });
  const cartridge = readInes(rom);
  if ("error" in cartridge) return refuse(`the file ${cartridge.error}`);
  const checksum = crc32(rom);
  const battery = cartridge.battery && saves !== undefined
    ? new JsnesBattery(openSramFile({ folder: saves, rom: path, checksum, warn }))
    : undefined;
  try {
    const region = nesRegion(cartridge.timing, basename(path));
    const owner = `jsnes ${checksum}`;
    return { source: new JsnesSource(withPlainHeader(rom), { owner, battery, region }) };
  } catch (error) {
    const message = errorText(error);
    if (!message.startsWith("Unsupported mapper")) return refuse(`the core says "${message}"`);
    return refuse(
      `its cartridge has mapper ${cartridge.mapper}, which the embedded core does not know. ` +
        "Install a NES core, such as the package libretro-nestopia",
    );
  }
}

class JsnesSource implements Source {
  readonly info: SourceInfo;
  readonly #nes: NES;
  /** The core and game that saved states belong to. */
  readonly #owner: string;
  readonly #battery: JsnesBattery | undefined;
  readonly #pixels = new Uint32Array(WIDTH * HEIGHT);
  readonly #samples = new Int16Array(MAX_SAMPLES * 2);
  readonly #picture = {
    data: new Uint8Array(this.#pixels.buffer),
    format: "xrgb8888",
    width: WIDTH,
    height: HEIGHT,
    stride: WIDTH * 4,
  } as const;
  #sampleCount = 0;
  #frame = 0;

  constructor(
    rom: Uint8Array<ArrayBuffer>,
    { owner, battery, region }: {
      owner: string;
      battery: JsnesBattery | undefined;
      region: NesRegion;
    },
  ) {
    const { frameRate, pixelAspect } = NES_TIMINGS[region];
    this.info = {
      frameRate,
      sampleRate: SAMPLE_RATE,
      width: WIDTH,
      height: HEIGHT,
      aspect: WIDTH * pixelAspect / HEIGHT,
      players: 2,
      core: CORE,
    };
    this.#owner = owner;
    this.#battery = battery;
    this.#nes = createConsole(region, {
      sampleRate: SAMPLE_RATE,
      onBatteryRamWrite: (address, value) => battery?.write(address, value),
      onFrame: (pixels) => this.#draw(pixels),
      onAudioSample: (left, right) => this.#receive(left, right),
    });
    this.#nes.loadROM(rom);
    battery?.restore(this.#nes);
  }

  get memoryFault(): StorageReason | undefined {
    return this.#battery?.fault;
  }

  step(pads: readonly PadState[]): Step {
    for (const player of PLAYERS) this.#press(player, pads[player - 1] ?? NEUTRAL_PAD);
    this.#sampleCount = 0;
    this.#nes.frame();
    this.#frame += 1;
    if (this.#frame <= SETTLING) this.#samples.fill(0);
    if (this.#frame % SRAM_PERIOD === 0) this.#battery?.keep();
    return { picture: this.#picture, sound: this.#samples.subarray(0, this.#sampleCount * 2) };
  }

  reset(): void {
    this.#frame = 0;
    this.#nes.reloadROM();
    this.#battery?.restore(this.#nes);
  }

  save(): Uint8Array<ArrayBuffer> {
    this.#battery?.keep();
    return this.snapshot();
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    const body = deflateRawSync(pack(plain(this.#nes.toJSON())), { level: 1 });
    return sealState(body, this.#owner);
  }

  load(state: Uint8Array): boolean {
    const body = unsealState(state, this.#owner);
    if (!body) return false;
    const before = this.#nes.toJSON();
    try {
      const saved = unpack(inflateRawSync(body, { maxOutputLength: MAX_STATE }));
      this.#nes.fromJSON(saved as ReturnType<NES["toJSON"]>);
      this.#battery?.capture(this.#nes);
      return true;
    } catch {
      // The checksum is right, so another version of the core wrote the state.
      this.#nes.fromJSON(before);
      return false;
    }
  }

  [Symbol.dispose](): void {
    this.#battery?.keep();
  }

  #press(player: 1 | 2, pad: PadState): void {
    const held = buttonsWithStick(pad);
    for (const [bit, button] of BUTTONS) {
      if (held & bit) this.#nes.buttonDown(player, button);
      else this.#nes.buttonUp(player, button);
    }
  }

  /** The core's pixels are 0x00BBGGRR. */
  #draw(pixels: Uint32Array): void {
    const out = this.#pixels;
    for (let i = 0; i < out.length; i++) {
      const pixel = pixels[i]!;
      out[i] = (pixel & 0xff) << 16 | pixel & 0xff00 | pixel >>> 16;
    }
  }

  /** Samples beyond {@linkcode MAX_SAMPLES} are dropped. */
  #receive(left: number, right: number): void {
    if (this.#sampleCount === MAX_SAMPLES) return;
    const at = this.#sampleCount++ * 2;
    this.#samples[at] = toInt16(left);
    this.#samples[at + 1] = toInt16(right);
  }
}

/** A copy with plain arrays: the core writes a typed array into its state but does not read one back. */
function plain(state: object): object {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, plainValue(value)]),
  );
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint16Array) return Array.from(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return plain(value);
}

function toInt16(sample: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, sample * 0x8000));
}

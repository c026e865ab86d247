/**
 * The battery-backed memory of a cartridge in the embedded core, which forgets it by itself: a copy is kept as
 * the game writes, and put back whenever the core starts anew.
 *
 * @module
 */
import type { NES } from "jsnes";
import type { SramFile } from "./sram_file.ts";

const ADDRESS = 0x6000;
const SIZE = 0x2000;

export class JsnesBattery {
  readonly #file: SramFile;
  #memory: Uint8Array<ArrayBuffer>;

  constructor(file: SramFile) {
    this.#file = file;
    this.#memory = file.read(SIZE) ?? new Uint8Array(SIZE);
  }

  /** The game wrote `value` at `address` of the processor's memory. */
  write(address: number, value: number): void {
    this.#memory[address - ADDRESS] = value;
  }

  /** Puts the memory into the core. */
  restore(nes: NES): void {
    const state = nes.toJSON();
    const memory = processorMemory(state);
    this.#memory.forEach((value, i) => memory[ADDRESS + i] = value);
    nes.fromJSON(state);
  }

  /** Takes the memory from the core, after a saved state brought another. */
  capture(nes: NES): void {
    const memory = processorMemory(nes.toJSON());
    this.#memory = Uint8Array.from(memory.slice(ADDRESS, ADDRESS + SIZE));
  }

  /** Writes the file if something changed. */
  keep(): void {
    this.#file.write(this.#memory);
  }
}

/** The core's own types leave open what its state holds. */
function processorMemory(state: ReturnType<NES["toJSON"]>): number[] {
  return (state.cpu as { readonly mem: number[] }).mem;
}

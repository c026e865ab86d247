/**
 * The battery-backed memory of a cartridge in the embedded core. The core clears this memory at every reset, so a copy
 * follows the game's writes and is put back after each reset.
 *
 * @module
 */
import type { NES } from "jsnes";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import type { SramFile } from "./sram_file.ts";

const ADDRESS = 0x6000;
const SIZE = 0x2000;

/** The battery-backed memory of one game, and the file that keeps it. */
export class JsnesBattery {
  readonly #file: SramFile;
  #memory: Uint8Array<ArrayBuffer>;

  constructor(file: SramFile) {
    this.#file = file;
    this.#memory = file.read(SIZE) ?? new Uint8Array(SIZE);
  }

  /** Called when the game wrote `value` at `address` of the processor's memory. */
  write(address: number, value: number): void {
    this.#memory[address - ADDRESS] = value;
  }

  /** Why the memory is not in the file; `undefined`: it is. */
  get fault(): StorageReason | undefined {
    return this.#file.fault;
  }

  /** Puts the memory into the core. */
  restore(nes: NES): void {
    const state = nes.toJSON();
    const memory = processorMemory(state);
    this.#memory.forEach((value, i) => memory[ADDRESS + i] = value);
    nes.fromJSON(state);
  }

  /** Copies the memory from the core, after a saved state replaced it. */
  capture(nes: NES): void {
    const memory = processorMemory(nes.toJSON());
    this.#memory = Uint8Array.from(memory.slice(ADDRESS, ADDRESS + SIZE));
  }

  /** Writes the file if something changed. */
  keep(): void {
    this.#file.write(this.#memory);
  }
}

/** The processor's memory in a state. The core's own types do not describe its states. */
function processorMemory(state: ReturnType<NES["toJSON"]>): number[] {
  return (state.cpu as { readonly mem: number[] }).mem;
}

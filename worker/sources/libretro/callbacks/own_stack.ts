/**
 * Callbacks for cores that call from a stack of their own (libco): V8 ends the process when such a call enters it. So
 * these callbacks are machine code that only reads and writes memory. What a core left there in a step is read after
 * it, and the pads are written before it.
 *
 * @module
 */
import { ANALOG, ANALOG_BUTTONS, type Inputs, JOYPAD, JOYPAD_MASK } from "../inputs.ts";
import { addressOf, allocate } from "../native.ts";
import { CAPACITY, type SoundBuffer } from "../sound.ts";
import { AT, callbackCode, MEMORY_SIZE, PAD, PAD_SIZE, PADS, READ_STICKS } from "./machine_code.ts";

const PAGE = 4096;
const READ_WRITE = 3;
const READ_EXECUTE = 5;
const PRIVATE_ANONYMOUS = 0x22;
const ATTRIBUTES_SIZE = 64;
const BUTTON_IDS = 16;
const STICK_AXES = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;

const LIBC = {
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "isize"], result: "pointer" },
  mprotect: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  pthread_self: { parameters: [], result: "usize" },
  pthread_getattr_np: { parameters: ["usize", "buffer"], result: "i32" },
  pthread_attr_getstack: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  pthread_attr_destroy: { parameters: ["buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** A picture where the core has it: its pixels are valid until the next step. */
export interface Drawn {
  readonly pixels: Deno.PointerValue;
  readonly width: number;
  readonly height: number;
  /** Bytes a row. */
  readonly stride: number;
}

/** The callbacks of one core. Dispose them after the core is unloaded. */
export class OwnStackCallbacks implements Disposable {
  readonly video: Deno.PointerValue;
  readonly sample: Deno.PointerValue;
  readonly batch: Deno.PointerValue;
  readonly poll: Deno.PointerValue;
  readonly state: Deno.PointerValue;
  readonly environment: Deno.PointerValue;
  readonly #memory = allocate(MEMORY_SIZE);
  readonly #view = new DataView(this.#memory.buffer);
  readonly #sound = allocate(CAPACITY * 4);
  readonly #libc = Deno.dlopen("libc.so.6", LIBC);
  readonly #code: Deno.PointerValue;

  /**
   * `environment`: called on the stack of this thread alone.
   *
   * @throws {Error} when the system gives no memory for code
   */
  constructor(environment: Deno.PointerValue) {
    const { bytes, starts } = callbackCode(addressOf(this.#memory));
    const { from, to } = this.#stack();
    this.#view.setBigUint64(AT.stackFrom, from, true);
    this.#view.setBigUint64(AT.stackTo, to, true);
    this.#view.setBigUint64(AT.environment, Deno.UnsafePointer.value(environment), true);
    this.#view.setBigUint64(AT.maxPairs, BigInt(CAPACITY), true);
    this.#view.setBigUint64(AT.sound, addressOf(this.#sound), true);
    const { mmap, mprotect } = this.#libc.symbols;
    this.#code = mmap(0n, BigInt(PAGE), READ_WRITE, PRIVATE_ANONYMOUS, -1, 0n);
    const begin = Deno.UnsafePointer.value(this.#code);
    if (this.#code === null || begin === 0xffff_ffff_ffff_ffffn) throw noCode();
    new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(this.#code, PAGE)).set(bytes);
    if (mprotect(this.#code, BigInt(PAGE), READ_EXECUTE) !== 0) throw noCode();
    const at = (start: number) => Deno.UnsafePointer.create(begin + BigInt(start));
    this.video = at(starts.video);
    this.sample = at(starts.sample);
    this.batch = at(starts.batch);
    this.poll = at(starts.poll);
    this.state = at(starts.state);
    this.environment = at(starts.environment);
  }

  /** Before a step: what the core reads of the pads, and an empty place for what it gives. */
  begin(inputs: Inputs): void {
    for (let port = 0; port < PADS; port++) this.#writePad(port, inputs);
    this.#view.setBigUint64(AT.drawn, 0n, true);
    this.#view.setBigUint64(AT.pairs, 0n, true);
  }

  /** After a step: its sound goes into `sound`; the picture, `undefined` when it did not change. */
  end(sound: SoundBuffer): Drawn | undefined {
    const pairs = Number(this.#view.getBigUint64(AT.pairs, true));
    const from = Deno.UnsafePointer.of(this.#sound);
    if (from !== null && pairs > 0) sound.pushBatch(from, pairs);
    if (this.#view.getBigUint64(AT.drawn, true) === 0n) return undefined;
    return {
      pixels: Deno.UnsafePointer.create(this.#view.getBigUint64(AT.pixels, true)),
      width: this.#view.getUint32(AT.width, true),
      height: this.#view.getUint32(AT.height, true),
      stride: this.#view.getUint32(AT.stride, true),
    };
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.munmap(this.#code, BigInt(PAGE));
    this.#libc.close();
  }

  #writePad(port: number, inputs: Inputs): void {
    const base = AT.pads + port * PAD_SIZE;
    const write = (at: number, value: number) => this.#view.setInt16(base + at * 2, value, true);
    if (this.#memory[base + READ_STICKS] !== 0) inputs.sticksAreRead();
    for (let id = 0; id < BUTTON_IDS; id++) {
      write(PAD.buttons + id, inputs.state(port, { device: JOYPAD, index: 0, id }));
      write(PAD.pressures + id, inputs.state(port, { device: ANALOG, index: ANALOG_BUTTONS, id }));
    }
    write(PAD.mask, inputs.state(port, { device: JOYPAD, index: 0, id: JOYPAD_MASK }));
    STICK_AXES.forEach(([index, id], axis) =>
      write(PAD.sticks + axis, inputs.axis(port, index * 2 + id))
    );
  }

  #stack(): { readonly from: bigint; readonly to: bigint } {
    const { pthread_self, pthread_getattr_np, pthread_attr_getstack, pthread_attr_destroy } =
      this.#libc.symbols;
    const attributes = allocate(ATTRIBUTES_SIZE);
    const [from, size] = [allocate(8), allocate(8)];
    if (pthread_getattr_np(pthread_self(), attributes) !== 0) throw noCode();
    pthread_attr_getstack(attributes, from, size);
    pthread_attr_destroy(attributes);
    const read = (bytes: Uint8Array<ArrayBuffer>) =>
      new DataView(bytes.buffer).getBigUint64(0, true);
    return { from: read(from), to: read(from) + read(size) };
  }
}

function noCode(): Error {
  return new Error("the system gives no memory for its callbacks");
}

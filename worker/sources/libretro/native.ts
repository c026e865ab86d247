/**
 * Memory shared with native code. Everything lies in an explicit `ArrayBuffer`: V8 may move the bytes of a small
 * typed array that has none. The owner of a pointer keeps the bytes referenced while the pointer is in use.
 *
 * @module
 */

/** `size` zeroed bytes that do not move. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}

/** A zero-terminated copy of `text`. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const encoded = new TextEncoder().encode(text);
  const bytes = allocate(encoded.length + 1);
  bytes.set(encoded);
  return bytes;
}

/** The address of `bytes`, for writing into a struct. */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

/** A struct in native memory; offsets in bytes, little-endian. */
export class Struct {
  readonly #view: Deno.UnsafePointerView;
  readonly #pointer: Deno.PointerObject;

  constructor(pointer: Deno.PointerObject) {
    this.#pointer = pointer;
    this.#view = new Deno.UnsafePointerView(pointer);
  }

  uint32(offset = 0): number {
    return this.#view.getUint32(offset);
  }

  float32(offset: number): number {
    return this.#view.getFloat32(offset);
  }

  float64(offset: number): number {
    return this.#view.getFloat64(offset);
  }

  /** The text that the pointer at `offset` points to; a null pointer is `undefined`. */
  text(offset = 0): string | undefined {
    const pointer = this.#view.getPointer(offset);
    return pointer === null ? undefined : Deno.UnsafePointerView.getCString(pointer);
  }

  /** The struct that the pointer at `offset` points to; a null pointer is `undefined`. */
  struct(offset = 0): Struct | undefined {
    const pointer = this.#view.getPointer(offset);
    return pointer === null ? undefined : new Struct(pointer);
  }

  setUint8(value: number): void {
    this.#writable(1).setUint8(0, value);
  }

  setUint32(value: number): void {
    this.#writable(4).setUint32(0, value, true);
  }

  setPointer(address: bigint, offset = 0): void {
    this.#writable(8, offset).setBigUint64(0, address, true);
  }

  #writable(size: number, offset = 0): DataView {
    return new DataView(Deno.UnsafePointerView.getArrayBuffer(this.#pointer, size, offset));
  }
}

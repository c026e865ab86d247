/**
 * Reads and writes binary packets: a reader that never leaves its bytes, and arithmetic on numbers that wrap around.
 *
 * @module
 */

/** Reads big-endian fields one after another. Reading beyond the end gives zeros and makes `ok` false. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #ok = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether every field so far was there. */
  get ok(): boolean {
    return this.#ok;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#take(1) ? this.#view.getUint8(this.#at - 1) : 0;
  }

  u16(): number {
    return this.#take(2) ? this.#view.getUint16(this.#at - 2) : 0;
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0;
  }

  u48(): number {
    return this.u16() * 2 ** 32 + this.u32();
  }

  u64(): bigint {
    return this.#take(8) ? this.#view.getBigUint64(this.#at - 8) : 0n;
  }

  /** The next `count` bytes, a view. */
  bytes(count: number): Uint8Array {
    return this.#take(count)
      ? this.#bytes.subarray(this.#at - count, this.#at)
      : new Uint8Array(count);
  }

  /** All bytes that are left, a view. */
  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  #take(count: number): boolean {
    this.#ok &&= count <= this.left;
    if (this.#ok) this.#at += count;
    return this.#ok;
  }
}

/** New bytes of the given length, and a view of them to write numbers with. */
export function blank(length: number): { bytes: Uint8Array<ArrayBuffer>; view: DataView } {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Whether both hold the same bytes, in a time that does not tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ (b[at] ?? 0);
  return difference === 0;
}

/** How far `number` is ahead of `other` on the circle of 2³²; negative when it is behind. */
export function distance(number: number, other: number): number {
  return (number - other) | 0;
}

/** The number `steps` after `number` on the circle of 2³². */
export function following(number: number, steps = 1): number {
  return (number + steps) >>> 0;
}

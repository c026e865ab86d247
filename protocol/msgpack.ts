/**
 * Encodes and decodes msgpack. Bytes that cannot be decoded give `undefined`, never an exception.
 *
 * @module
 */
import { Packr } from "msgpackr/index-no-eval";

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

/** Encodes a value into new bytes, which the caller may change. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packr.pack(value));
}

/**
 * Decodes exactly one value of plain data: nil, booleans, numbers, strings, bytes, arrays, maps. Anything
 * malformed, with bytes left over, or of an extension type is `undefined`.
 */
export function unpack(bytes: Uint8Array): unknown {
  try {
    const value: unknown = packr.unpack(bytes);
    return isPlain(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object") return value !== undefined && typeof value !== "bigint";
  if (value === null || value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

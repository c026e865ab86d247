/**
 * The msgpack door: bytes that do not decode are `undefined`, never an exception.
 *
 * @module
 */
import { Packr } from "msgpackr/index-no-eval";

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

/** Encodes a value; the bytes are the caller's own. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packr.pack(value));
}

/** Decodes exactly one value; anything malformed or with bytes left over is `undefined`. */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Unpacks the gzip of a save. A small one at once; a larger one in parts, between which the room goes on: a few kilobytes
 * may be a hundred megabytes, and no picture is sent while bytes are unpacked.
 *
 * @module
 */
import { createGunzip, gunzipSync } from "node:zlib";
import { nextTurn } from "../../protocol/clock.ts";

/** Largest state that is unpacked, in bytes. */
export const MAX_STATE = 128 * 1024 * 1024;
/** What is unpacked at once, in bytes: about a millisecond. */
const AT_ONCE = 1024 * 1024;

/**
 * The unpacked bytes.
 *
 * @throws {Error} the library's, when they are damaged or more than {@linkcode MAX_STATE}
 */
export async function unpack(packed: Uint8Array): Promise<Uint8Array> {
  const small = unpackSmall(packed);
  if (small) return small;
  const parts: Uint8Array[] = [];
  const bytes = new Uint8Array(await eachPart(packed, (part) => void parts.push(part)));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The size of the unpacked bytes, none of which is kept.
 *
 * @throws {Error} as {@linkcode unpack}
 */
export async function unpackedSize(packed: Uint8Array): Promise<number> {
  return unpackSmall(packed)?.length ?? await eachPart(packed, () => {});
}

/** `undefined`: they are damaged, or larger than what is unpacked at once. */
function unpackSmall(packed: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(gunzipSync(packed, { maxOutputLength: AT_ONCE }));
  } catch {
    return undefined;
  }
}

async function eachPart(packed: Uint8Array, take: (part: Uint8Array) => void): Promise<number> {
  const unpacking = createGunzip({ chunkSize: AT_ONCE });
  unpacking.end(packed);
  let size = 0;
  for await (const part of unpacking) {
    size += part.length;
    if (size > MAX_STATE) throw new Error("The state is too large");
    take(part);
    // The stream alone would take its next part before anything else of this process.
    await nextTurn();
  }
  return size;
}

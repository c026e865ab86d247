/**
 * The gzip of a save, packed and unpacked. A small state at once; a larger one in parts, between which the room goes on: a
 * few kilobytes may be a hundred megabytes, and no picture is sent while bytes are packed or unpacked.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { constants, createGunzip, createGzip, gunzipSync, gzipSync } from "node:zlib";
import { nextTurn } from "../../protocol/clock.ts";

/** Largest state that is unpacked, in bytes. */
export const MAX_STATE = 128 * 1024 * 1024;
/** What is unpacked at once, in bytes: about a millisecond. */
export const AT_ONCE = 1024 * 1024;
/** What is packed at once, in bytes: about a millisecond and a half at this level, and ten at the default one. */
const PACKED_AT_ONCE = 256 * 1024;
const FAST = { level: constants.Z_BEST_SPEED };

/** The packed bytes of a state, which must not change before they are there. */
export async function pack(state: Uint8Array): Promise<Uint8Array> {
  if (state.length <= PACKED_AT_ONCE) return gzipSync(state, FAST);
  const packing = createGzip(FAST);
  const parts: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) =>
    packing.on("end", resolve).on("error", reject)
  );
  packing.on("data", (part: Uint8Array) => parts.push(part));
  await eachSlice(
    state,
    PACKED_AT_ONCE,
    (slice) => new Promise<void>((resolve) => packing.write(slice, () => resolve())),
  );
  packing.end();
  await ended;
  return concat(parts);
}

/** Takes bytes in slices of `size`, between which the rest of the process has its turn. */
export async function eachSlice(
  bytes: Uint8Array,
  size: number,
  take: (slice: Uint8Array) => void | Promise<void>,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    if (at > 0) await nextTurn();
    await take(bytes.subarray(at, at + size));
  }
}

/**
 * The unpacked bytes.
 *
 * @throws {Error} the library's, when they are damaged or more than {@linkcode MAX_STATE}
 */
export async function unpack(packed: Uint8Array): Promise<Uint8Array> {
  const small = unpackSmall(packed);
  if (small) return small;
  const parts: Uint8Array[] = [];
  await eachPart(packed, (part) => void parts.push(part));
  return concat(parts);
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

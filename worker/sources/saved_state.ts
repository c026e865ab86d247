/**
 * The envelope of a saved state. A core that loads other bytes than its own may crash, so the envelope names the
 * core and game, and has a checksum. Big-endian: the word `FPST`, CRC-32 of the owner's name, CRC-32 of the body, body.
 *
 * @module
 */
import { crc32 } from "node:zlib";

const MAGIC = 0x4650_5354;
const HEADER = 12;

/** Wraps `body`, the state of `owner`: a core and a game. */
export function sealState(body: Uint8Array, owner: string): Uint8Array<ArrayBuffer> {
  const sealed = new Uint8Array(HEADER + body.length);
  const header = new DataView(sealed.buffer);
  header.setUint32(0, MAGIC);
  header.setUint32(4, crc32(owner));
  header.setUint32(8, crc32(body));
  sealed.set(body, HEADER);
  return sealed;
}

/** The body, or `undefined` when the bytes are not a complete state of `owner`. */
export function unsealState(sealed: Uint8Array, owner: string): Uint8Array | undefined {
  if (sealed.length < HEADER) return undefined;
  const header = new DataView(sealed.buffer, sealed.byteOffset, HEADER);
  const body = sealed.subarray(HEADER);
  const fits = header.getUint32(0) === MAGIC && header.getUint32(4) === crc32(owner) &&
    header.getUint32(8) === crc32(body);
  return fits ? body : undefined;
}

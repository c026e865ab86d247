/**
 * Boxes of ISO base media files (ISO/IEC 14496-12 §4.2), and the numbers in them, big-endian.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";

/** Bytes of a box in parts: nothing is copied until {@linkcode concat}. */
export type Parts = readonly Uint8Array[];

const encoder = new TextEncoder();

/** A box around its content. */
export function box(type: string, ...content: Parts): Uint8Array<ArrayBuffer> {
  return concat(boxParts(type, ...content));
}

/** The same box in parts: a large content is not copied. */
export function boxParts(type: string, ...content: Parts): Parts {
  const size = content.reduce((sum, { length }) => sum + length, 8);
  return [u32(size), encoder.encode(type), ...content];
}

/** A box that begins with a version and 24 flags. */
export function fullBox(
  type: string,
  [version, flags]: readonly [version: number, flags: number],
  ...content: Parts
): Uint8Array<ArrayBuffer> {
  return box(type, u32(((version << 24) | flags) >>> 0), ...content);
}

/** Bytes. */
export function u8(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

/** Numbers of 16 bits. */
export function u16(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint16(index * 2, value));
  return bytes;
}

/** Numbers of 32 bits. */
export function u32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return bytes;
}

/** Numbers of 64 bits, at most 2⁵³. */
export function u64(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return u32(...values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]));
}

/** ASCII text without an ending. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

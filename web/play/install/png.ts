/**
 * Writes a picture as PNG: 8 bits for each of red, green, blue and alpha. The build calls it, no page does.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { concat } from "../../../protocol/bytes/concat.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A square picture of `side` pixels a side as a PNG file; `rgba` has its pixels by rows, from the upper left. */
export function writePng(side: number, rgba: Uint8Array): Uint8Array {
  const row = side * 4;
  const lines = new Uint8Array((row + 1) * side);
  // The first byte of each line is its filter: 0 for none.
  for (let y = 0; y < side; y++) {
    lines.set(rgba.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header.set([8, 6, 0, 0, 0], 8);
  return concat([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** A chunk: length, type, content, and a checksum over type and content. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

/**
 * Turns pictures upright.
 *
 * @module
 */
import { half, pixelBytes, type Plane, planesOf } from "./planes.ts";
import type { Picture, QuarterTurns } from "../ports.ts";

type Pixels = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** The size of a picture once it is upright. */
export function uprightSize(
  { width, height }: { readonly width: number; readonly height: number },
  rotation: QuarterTurns = 0,
): { readonly width: number; readonly height: number } {
  return rotation % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Turns pictures upright one after another. It allocates memory for one picture at the first turn and keeps it. */
export class Turner {
  #data = new Uint8Array();

  /**
   * The picture upright and without padding, valid until the next call; the picture itself when it is upright
   * already. 320 × 240 pixels of 32 bits take 0.1 ms.
   *
   * @throws {RangeError} as {@linkcode planesOf}.
   */
  turn(picture: Picture): Picture {
    const { data, format, rotation = 0 } = picture;
    if (rotation === 0) return picture;
    const from = planesOf(picture);
    const bytes = pixelBytes(format);
    const { width, height } = uprightSize(picture, rotation);
    const upright = { format, width, height, stride: width * bytes };
    this.#data = atLeast(this.#data, bytes * (width * height + 2 * half(width) * half(height)));
    planesOf({ ...upright, data: this.#data }).forEach((to, index) =>
      turnPlane({ data, ...from[index]! }, { data: this.#data, ...to }, { bytes, rotation })
    );
    return { ...upright, data: this.#data };
  }
}

/** Copies each row of `from` to where its pixels are in the turned plane. */
function turnPlane(
  from: Plane & { readonly data: Uint8Array },
  to: Plane & { readonly data: Uint8Array<ArrayBuffer> },
  { bytes, rotation }: { bytes: 1 | 2 | 4; rotation: QuarterTurns },
): void {
  const columns = from.rowBytes / bytes;
  const target = pixels(to.data.buffer, { at: to.offset, bytes, count: columns * from.rows });
  // A row may lie at an odd address.
  const rowBytes = new Uint8Array(from.rowBytes);
  const row = pixels(rowBytes.buffer, { at: 0, bytes, count: columns });
  const { first, right, down } = walk(rotation, { columns, rows: from.rows });
  for (let y = 0; y < from.rows; y++) {
    const start = from.offset + y * from.stride;
    rowBytes.set(from.data.subarray(start, start + from.rowBytes));
    const begin = first + y * down;
    for (let x = 0; x < columns; x++) target[begin + x * right] = row[x]!;
  }
}

/**
 * The position of the upper left pixel after the turn, and the distances from there to its right and its lower
 * neighbour, in pixels.
 */
function walk(
  rotation: QuarterTurns,
  { columns, rows }: { columns: number; rows: number },
): { first: number; right: number; down: number } {
  switch (rotation) {
    case 0:
      return { first: 0, right: 1, down: columns };
    case 1:
      return { first: (columns - 1) * rows, right: -rows, down: 1 };
    case 2:
      return { first: columns * rows - 1, right: -1, down: -columns };
    case 3:
      return { first: rows - 1, right: rows, down: -1 };
  }
}

function pixels(
  buffer: ArrayBuffer,
  { at, bytes, count }: { at: number; bytes: 1 | 2 | 4; count: number },
): Pixels {
  if (bytes === 1) return new Uint8Array(buffer, at, count);
  return bytes === 2 ? new Uint16Array(buffer, at, count) : new Uint32Array(buffer, at, count);
}

function atLeast(data: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return data.length >= length ? data : new Uint8Array(length);
}

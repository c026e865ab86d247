/**
 * Pictures of 16 or 32 bits a pixel → YUV in their own size, chroma as the mean of four pixels. A side that is rounded up
 * to even repeats its last pixels.
 *
 * @module
 */
import type { Frame } from "node-av/lib";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import type { Picture, PixelFormat } from "../ports.ts";
import { allocate } from "./frames.ts";
import { half, type Plane } from "./planes.ts";
import { expandRow, PALETTES } from "./rgb16.ts";
import { type Kernel, openKernel, TURN } from "./yuv_kernel.ts";

/** A conversion of pictures of one size and format. Disposing frees its frame. */
export class RgbStage implements Disposable {
  readonly #shape: Pick<Picture, "width" | "height" | "format">;
  readonly #target: Frame;
  readonly #planes: readonly { readonly from: Uint8Array; readonly to: Uint8Array }[];
  readonly #run: Kernel;
  readonly #rows: readonly [Row, Row];
  /** Where the planes begin in the kernel's memory, and the bytes from row to row. */
  readonly #places: readonly { readonly at: number; readonly stride: number }[];

  constructor({ width, height, format }: Pick<Picture, "width" | "height" | "format">) {
    this.#shape = { width, height, format };
    const size = { width: 2 * half(width), height: 2 * half(height) };
    this.#target = allocate({ ...size, format: AV_PIX_FMT_YUV420P });
    const strides = this.#target.linesize;
    const targets = this.#target.data!;
    let end = 0;
    this.#places = targets.map(({ byteLength }, index) => {
      const at = end;
      end += byteLength + TURN - byteLength % TURN;
      return { at, stride: strides[index]! };
    });
    const rowBytes = 4 * TURN * Math.ceil(size.width / TURN);
    const { memory, run } = openKernel(end + 2 * rowBytes);
    this.#run = run;
    this.#planes = targets.map((to, index) => ({
      from: new Uint8Array(memory, this.#places[index]!.at, to.byteLength),
      to,
    }));
    const row = (at: number) => new Row(new Uint32Array(memory, at, size.width), { width, format });
    this.#rows = [row(end), row(end + rowBytes)];
  }

  /** Whether it converts pictures of this shape. */
  fits({ width, height, format }: Picture): boolean {
    const shape = this.#shape;
    return shape.width === width && shape.height === height && shape.format === format;
  }

  /** The picture as a frame, valid until the next call. `plane`: where its pixels are in `data`. */
  convert(data: Uint8Array, [plane]: readonly Plane[]): Frame {
    const last = this.#shape.height - 1;
    const [upper, lower] = this.#rows;
    const [luma, cb, cr] = this.#places as [Place, Place, Place];
    const turns = Math.ceil(this.#target.width / TURN);
    const { height } = this.#target;
    for (let y = 0; y < height; y += 2) {
      upper.read(data, y * plane!.stride);
      if (y < last) lower.read(data, (y + 1) * plane!.stride);
      this.#run({
        top: upper.at,
        bottom: y < last ? lower.at : upper.at,
        lumaTop: luma.at + y * luma.stride,
        lumaBottom: luma.at + (y + 1) * luma.stride,
        cb: cb.at + y / 2 * cb.stride,
        cr: cr.at + y / 2 * cr.stride,
        turns,
      });
    }
    for (const { from, to } of this.#planes) to.set(from);
    return this.#target;
  }

  [Symbol.dispose](): void {
    this.#target.free();
  }
}

interface Place {
  readonly at: number;
  readonly stride: number;
}

/** One row in the kernel's memory. */
class Row {
  readonly #pixels: Uint32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array;
  readonly #width: number;
  readonly #expand: ((row: Uint8Array) => void) | undefined;

  constructor(
    pixels: Uint32Array<ArrayBuffer>,
    { width, format }: { width: number; format: PixelFormat },
  ) {
    this.#pixels = pixels;
    this.#bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    this.#width = width;
    if (format !== "rgb565" && format !== "0rgb1555") return;
    const palette = PALETTES[format]();
    // A row may lie at an odd address.
    const colours = new Uint16Array(width);
    const bytes = new Uint8Array(colours.buffer);
    this.#expand = (row) => {
      bytes.set(row);
      expandRow(colours, { palette, target: pixels });
    };
  }

  /** Its address in the kernel's memory. */
  get at(): number {
    return this.#pixels.byteOffset;
  }

  /** Takes the row that begins at `start`. */
  read(data: Uint8Array, start: number): void {
    if (this.#expand) this.#expand(data.subarray(start, start + 2 * this.#width));
    else this.#bytes.set(data.subarray(start, start + 4 * this.#width));
    const pixels = this.#pixels;
    if (pixels.length > this.#width) pixels[this.#width] = pixels[this.#width - 1]!;
  }
}

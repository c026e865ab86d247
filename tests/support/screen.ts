/**
 * Reads the pictures of a source.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { Picture } from "../../media/ports.ts";
import { buttonBit, NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";
import type { Button } from "../../protocol/control/pad.ts";
import type { Image } from "../../protocol/picture/luma.ts";
import type { OpenedSource, Source } from "../../worker/sources/ports.ts";

/** A pad with these buttons held. */
export function held(...buttons: readonly Button[]): PadState {
  return { ...NEUTRAL_PAD, buttons: buttons.reduce((mask, button) => mask | buttonBit(button), 0) };
}

/** The source. @throws {Error} with the sentence of a refusal. */
export function opened(result: OpenedSource): Source {
  if ("error" in result) throw new Error(result.error);
  return result.source;
}

/** The refusal's sentence. */
export function refusal(result: OpenedSource): string {
  if ("error" in result) return result.error;
  result.source[Symbol.dispose]();
  throw new Error("it was opened");
}

/** Steps `frames` times and returns the last picture that was drawn. */
export function play(source: Source, frames: number, pads: readonly PadState[] = []): Image {
  let image: Image | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const { picture } = source.step(pads);
    if (picture) image = toRgba(picture);
  }
  if (!image) throw new Error("nothing was drawn");
  return image;
}

/** A checksum of the picture alone. */
export function fingerprint(image: Image): number {
  return crc32(Uint8Array.from(image.data));
}

/** Any packed pixel format as RGBA without gaps. */
export function toRgba({ data, format, width, height, stride }: Picture): Image {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const rgba = new Uint8Array(width * height * 4);
  const size = format === "xrgb8888" ? 4 : 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + x * size;
      const [red, green, blue] = size === 4
        ? split8888(view.getUint32(at, true))
        : format === "rgb565"
        ? split565(view.getUint16(at, true))
        : split555(view.getUint16(at, true));
      rgba.set([red, green, blue, 255], (y * width + x) * 4);
    }
  }
  return { data: rgba, width, height };
}

/** Scales by nearest pixel, as a cheap player would. */
export function scale({ data, ...from }: Image, to: { width: number; height: number }): Image {
  const scaled = new Uint8Array(to.width * to.height * 4);
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const column = Math.floor((x + 0.5) * from.width / to.width);
      const row = Math.floor((y + 0.5) * from.height / to.height);
      const at = (row * from.width + column) * 4;
      scaled.set(data.subarray(at, at + 4), (y * to.width + x) * 4);
    }
  }
  return { data: scaled, ...to };
}

function split8888(pixel: number): [number, number, number] {
  return [pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255];
}

function split565(pixel: number): [number, number, number] {
  return [(pixel >> 11) << 3, (pixel >> 5 & 63) << 2, (pixel & 31) << 3];
}

function split555(pixel: number): [number, number, number] {
  return [(pixel >> 10 & 31) << 3, (pixel >> 5 & 31) << 3, (pixel & 31) << 3];
}

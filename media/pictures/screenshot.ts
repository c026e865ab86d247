/**
 * A raw picture → a JPEG in the shape that it has on the display.
 *
 * @module
 */
import type { Picture } from "../ports.ts";
import { Converter } from "./convert.ts";
import { jpeg } from "./jpeg.ts";

/** Small pictures are enlarged to about this height, in pixels, so that colours stay sharp. */
const HEIGHT = 720;
/** The quantizer: 1 is the best. */
const QUANTIZER = 3;

/**
 * Resolves with the picture as a JPEG; rejects when it is no picture, or FFmpeg cannot compress it. `aspect`: width ÷
 * height on the display.
 */
export async function screenshot(
  picture: Picture,
  { aspect }: { readonly aspect: number },
): Promise<Uint8Array<ArrayBuffer>> {
  using converter = new Converter({ targetHeight: HEIGHT });
  const frame = converter.convert(picture);
  const { width, height } = frame;
  const shape = Number.isFinite(aspect) && aspect > 0 ? aspect : width / height;
  const even = Math.max(16, Math.min(8_192, 2 * Math.round(height * shape / 2)));
  return await jpeg(frame, { width: even, height }, QUANTIZER);
}

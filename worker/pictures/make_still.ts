/**
 * A keyframe of a live stream → a small JPEG.
 *
 * @module
 */
import { decodeOne } from "../../media/decode/decode_one.ts";
import { smallJpeg } from "../../media/pictures/jpeg.ts";
import { MAX_PICTURE } from "../../protocol/picture/small_picture.ts";
import type { StillUnit } from "./still_taker.ts";

/** Resolves with `undefined` when it cannot be decoded. `aspect`: width ÷ height of the stream on its display. */
export async function makeStill(
  { codec, data }: StillUnit,
  aspect: () => number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  using frame = await decodeOne(codec, data);
  return frame && await smallJpeg(frame, { aspect: aspect(), maxBytes: MAX_PICTURE });
}

/**
 * A keyframe of a live stream → a small JPEG, upright.
 *
 * @module
 */
import type { Frame } from "node-av/lib";
import { decodeOne } from "../../media/decode/decode_one.ts";
import { FrameReader, rotationOf } from "../../media/decode/frame_reader.ts";
import { Converter } from "../../media/pictures/convert.ts";
import { MOST, smallJpeg } from "../../media/pictures/jpeg.ts";
import { MAX_PICTURE } from "../../protocol/picture/small_picture.ts";
import type { StillUnit } from "./still_taker.ts";

/** Resolves with `undefined` when it cannot be decoded. `aspect`: width ÷ height of the stream on its display. */
export async function makeStill(
  { codec, data }: StillUnit,
  aspect: () => number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  using frame = await decodeOne(codec, data);
  if (!frame) return undefined;
  if ((rotationOf(frame) ?? 0) === 0) {
    return await smallJpeg(frame, { aspect: aspect(), maxBytes: MAX_PICTURE });
  }
  return await turnedStill(frame);
}

/** The picture of a camera that lies, made small first, because turning takes longer the larger a picture is. */
async function turnedStill(frame: Frame): Promise<Uint8Array<ArrayBuffer> | undefined> {
  using reader = new FrameReader({ size: MOST });
  using converter = new Converter({ targetHeight: 1 });
  const upright = converter.convert(reader.read(frame));
  const aspect = upright.width / upright.height;
  return await smallJpeg(upright, { aspect, maxBytes: MAX_PICTURE });
}

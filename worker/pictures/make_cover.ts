/**
 * Runs a game unseen and takes the picture in which there is most to see.
 *
 * @module
 */
import { Converter } from "../../media/pictures/convert.ts";
import { smallJpeg } from "../../media/pictures/jpeg.ts";
import type { Clock } from "../../protocol/clock.ts";
import { NEUTRAL_PAD } from "../../protocol/control/pad.ts";
import { MAX_PICTURE } from "../../protocol/picture/small_picture.ts";
import { SEATS } from "../playback/shared_control.ts";
import type { Source } from "../sources/ports.ts";
import { interestOf } from "./interest.ts";

/** Times in the game at which its picture is judged, in seconds. */
const MOMENTS = [2, 4, 6, 9, 12];
/** After this long no further step is made, in milliseconds. */
export const STEPPING_LIMIT = 15_000;
const PADS = Array.from({ length: SEATS }, () => NEUTRAL_PAD);

/** Resolves with a JPEG; with `undefined` when every picture was black or of one colour. */
export async function makeCover(
  source: Source,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Pictures are neither enlarged nor reduced before they are judged.
  using converter = new Converter({ targetHeight: 1 });
  const began = clock.now();
  let best: { readonly interest: number; readonly jpeg: Uint8Array<ArrayBuffer> } | undefined;
  let picture: ReturnType<Source["step"]>["picture"];
  let next = 0;
  for (let frame = 1; next < MOMENTS.length; frame++) {
    picture = source.step(PADS).picture ?? picture;
    const { frameRate, aspect } = source.info;
    const isLate = clock.now() - began > STEPPING_LIMIT;
    if (frame < MOMENTS[next]! * frameRate && !isLate) continue;
    next = isLate ? MOMENTS.length : next + 1;
    if (!picture) continue;
    const yuv = converter.convert(picture);
    const { width, height } = yuv;
    const interest = interestOf({
      data: yuv.data![0]!,
      width,
      height,
      stride: yuv.linesize[0]!,
    });
    if (interest <= (best?.interest ?? 0)) continue;
    const jpeg = await smallJpeg(yuv, { aspect, maxBytes: MAX_PICTURE });
    if (jpeg) best = { interest, jpeg };
  }
  return best?.jpeg;
}

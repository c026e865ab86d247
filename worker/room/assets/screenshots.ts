/**
 * Screenshots of a room: its newest picture as a JPEG. Whoever asks within a second gets the same one.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { Picture } from "../../../media/ports.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { Asset } from "../../../protocol/room_assets/asset.ts";
import type { Playback } from "../../playback/playback.ts";

/** How old a screenshot may be, in milliseconds. */
const FRESH = 1_000;

/** The media type of a screenshot. */
const TYPE = "image/jpeg";

/** Makes a JPEG of a picture; `aspect`: width ÷ height on the display. */
export type EncodeScreenshot = (
  picture: Picture,
  options: { readonly aspect: number },
) => Promise<Uint8Array<ArrayBuffer>>;

/** {@linkcode EncodeScreenshot} by FFmpeg, which is loaded with the first screenshot. */
export const encodeScreenshot: EncodeScreenshot = async (...picture) => {
  const { screenshot } = await import("../../../media/pictures/screenshot.ts");
  return await screenshot(...picture);
};

/** Takes the screenshots of one room. */
export class Screenshots {
  readonly #clock: Clock;
  readonly #encode: EncodeScreenshot;
  #newest: { readonly at: Millis; readonly taken: Promise<Asset | RefusalPayload> } | undefined;

  constructor(clock: Clock, encode: EncodeScreenshot) {
    this.#clock = clock;
    this.#encode = encode;
  }

  /** The newest picture, or why there is none. */
  take(playback: Pick<Playback, "picture" | "info">): Promise<Asset | RefusalPayload> {
    const now = this.#clock.now();
    if (!this.#newest || now - this.#newest.at >= FRESH) {
      this.#newest = { at: now, taken: this.#take(playback) };
    }
    return this.#newest.taken;
  }

  async #take(
    playback: Pick<Playback, "picture" | "info">,
  ): Promise<Asset | RefusalPayload> {
    const picture = await playback.picture();
    if (!picture) return refuse("screenshot.none", "There is no picture of this source");
    const aspect = playback.info?.aspect ?? picture.width / picture.height;
    return { bytes: await this.#encode(picture, { aspect }), type: TYPE };
  }
}

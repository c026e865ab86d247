/**
 * Why an asset did not come, in words.
 *
 * @module
 */
import type { EpochMillis } from "../../../protocol/clock.ts";
import type { AssetFailure } from "../../../protocol/room_assets/asset.ts";

const SENTENCES: Readonly<Record<AssetFailure, string>> = {
  unknown: "The worker does not have the file any more. Try again.",
  range: "The file came damaged. Try again.",
  busy: "Other files are on their way. Try again in a moment.",
  size: "The file is too large, or not as large as it was said to be.",
  hash: "The file came damaged. Try again.",
  lost: "The file did not come: the connection to the room was lost or too slow.",
};

/** The sentence about a failure. */
export function assetSentence(failure: AssetFailure): string {
  return SENTENCES[failure];
}

/** The name of a downloaded file: the title without what file systems refuse, and the time. */
export function fileName(
  title: string,
  { at, ending }: { readonly at: EpochMillis; readonly ending: string },
): string {
  const plain = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, " ").trim().slice(0, 60) || "Farpad";
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(":", "-").replace("T", " ");
  return `${plain} ${time}.${ending}`;
}

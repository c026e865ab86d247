/**
 * What the browser says of a picture that it shows (`requestVideoFrameCallback`), on the page's precise clock.
 *
 * @module
 */
import { preciseEpoch, systemClock } from "../../../../protocol/clock.ts";
import type { SeenPicture } from "./picture_ages.ts";

/** Reads the metadata of a shown picture. Browsers leave out what they do not know. */
export function seenPicture(metadata: VideoFrameCallbackMetadata): SeenPicture {
  const { rtpTimestamp, receiveTime, presentationTime, expectedDisplayTime } = metadata;
  const origin = preciseEpoch() - systemClock.now();
  const onPage = (ms: number | undefined) =>
    ms === undefined || !(ms > 0) ? undefined : origin + ms;
  return {
    timestamp: rtpTimestamp,
    receivedAt: onPage(receiveTime),
    presentedAt: origin + presentationTime,
    displayedAt: onPage(expectedDisplayTime),
  };
}

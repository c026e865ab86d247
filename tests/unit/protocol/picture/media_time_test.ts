import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  changedOffset,
  MEDIA_TIME_CIRCLE,
  mediaTimeOffset,
  offsetChange,
  timeOfPicture,
} from "../../../../protocol/picture/media_time.ts";

const epoch = fc.double({ min: 1.6e12, max: 2e12, noNaN: true });

Deno.test("[LAT2] the capture is found again from the RTP timestamp, however far the circle has turned", () => {
  fc.assert(fc.property(
    epoch,
    fc.nat(2 ** 32 - 1),
    fc.double({ min: 0, max: 60_000, noNaN: true }),
    fc.integer({ min: 0, max: 2 ** 32 }),
    (capturedAt, timestamp, age, ticksLater) => {
      const offset = mediaTimeOffset(timestamp, capturedAt);
      ok(offset >= 0 && offset < MEDIA_TIME_CIRCLE);
      // A later picture, whose timestamp may have wrapped around.
      const later = (timestamp + ticksLater) % 2 ** 32;
      const laterAt = capturedAt + ticksLater / 90;
      const found = timeOfPicture(later, { offset, near: laterAt + age });
      ok(Math.abs(found - laterAt) < 0.01, `${found - laterAt}`);
    },
  ));
});

Deno.test("[LAT2] a change of the offset goes the shorter way around the circle", () => {
  equal(Math.round(offsetChange(MEDIA_TIME_CIRCLE - 2, 3)), 5);
  equal(Math.round(offsetChange(3, MEDIA_TIME_CIRCLE - 2)), -5);
  equal(Math.round(changedOffset(MEDIA_TIME_CIRCLE - 2, 5)), 3);
});

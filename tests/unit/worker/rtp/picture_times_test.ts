import { equal, ok } from "node:assert/strict";
import { MEDIA_TIME_CIRCLE, timeOfPicture } from "../../../../protocol/picture/media_time.ts";
import { PictureTimes } from "../../../../worker/rtp/picture_times.ts";

Deno.test("[LAT2] without a picture nothing is said of their times", () => {
  const times = new PictureTimes();
  equal(times.take(), undefined);
  times.add({ timestamp: 90, capturedAt: 1_700_000_000_000 });
  ok(times.take() !== undefined);
  equal(times.take(), undefined);
});

Deno.test("[LAT2] pictures that arrive unevenly give their mean, also across the wrap-around", () => {
  const times = new PictureTimes();
  // Two pictures at the ends of the circle: offsets −1 ms and +3 ms.
  times.add({ timestamp: 90_000, capturedAt: 1_000 + 2 * MEDIA_TIME_CIRCLE - 1 });
  times.add({ timestamp: 180_000, capturedAt: 2_000 + 2 * MEDIA_TIME_CIRCLE + 3 });
  const offset = times.take()!;
  const near = 3_000 + 2 * MEDIA_TIME_CIRCLE;
  ok(Math.abs(timeOfPicture(270_000, { offset, near }) - (near + 1)) < 0.01);
});

Deno.test("[LAT2] a sender whose clock drifts is followed second by second", () => {
  const times = new PictureTimes();
  const found = [0, 40, 80].map((late) => {
    times.add({ timestamp: 900_000, capturedAt: 1_700_000_010_000 + late });
    return times.take()!;
  });
  equal(Math.round(found[1]! - found[0]!), 40);
  equal(Math.round(found[2]! - found[1]!), 40);
});

import { equal, ok } from "node:assert/strict";
import { MEDIA_TIME_CIRCLE, timeOfPicture } from "../../../../protocol/picture/media_time.ts";
import { PictureTimes } from "../../../../worker/rtp/picture_times.ts";

/** Pictures thirty times a second from this time on, each held up by some milliseconds. */
function second(times: PictureTimes, n: number, late: (picture: number) => number) {
  for (let picture = 0; picture < 30; picture++) {
    const at = n * 1_000 + picture * 1_000 / 30;
    times.add({ timestamp: (at * 90) >>> 0, capturedAt: 1_700_000_000_000 + at + late(picture) });
  }
  return times.take()!;
}

Deno.test("[LAT2] without a picture nothing is said of their times", () => {
  const times = new PictureTimes();
  equal(times.take(), undefined);
  times.add({ timestamp: 90, capturedAt: 1_700_000_000_000 });
  ok(times.take() !== undefined);
  equal(times.take(), undefined);
});

Deno.test("[LAT2] of pictures that come unevenly the quickest counts, also across the wrap-around", () => {
  const times = new PictureTimes();
  // Two pictures at the ends of the circle: offsets −1 ms and +3 ms.
  times.add({ timestamp: 90_000, capturedAt: 1_000 + 2 * MEDIA_TIME_CIRCLE - 1 });
  times.add({ timestamp: 180_000, capturedAt: 2_000 + 2 * MEDIA_TIME_CIRCLE + 3 });
  const { offset, late } = times.take()!;
  const near = 3_000 + 2 * MEDIA_TIME_CIRCLE;
  ok(Math.abs(timeOfPicture(270_000, { offset, near }) - (near - 1)) < 0.01);
  ok(Math.abs(late - 2) < 0.01);
});

Deno.test("[LAT2] no picture is captured after it came, when a busy second is followed by a quick one", () => {
  const times = new PictureTimes();
  second(times, 0, (picture) => picture % 3);
  const busy = second(times, 1, (picture) => 80 + picture % 40);
  ok(busy.late > 80, "what was held up is told of");
  const cameAt = 1_700_000_002_000;
  const capturedAt = timeOfPicture(2_000 * 90, { offset: busy.offset, near: cameAt });
  ok(capturedAt <= cameAt + 0.01, `${capturedAt - cameAt} ms after it came`);
});

Deno.test("[CAP7] where captures are known their mean counts, and a picture with none counts as held up again", () => {
  const times = new PictureTimes();
  const origin = { type: "known", device: 5, link: 50, error: 9 } as const;
  for (let n = 0; n < 3; n++) {
    times.add({ timestamp: (n + 1) * 90_000, capturedAt: n * 1_000 + 800 + n * 2, origin });
  }
  const { offset, late } = times.take()!;
  equal(late, 0);
  ok(Math.abs(timeOfPicture(270_000, { offset, near: 2_800 }) - 2_802) < 0.01);
  const unknown = second(times, 4, (picture) => picture % 10);
  ok(Math.abs(unknown.late - 4.5) < 0.01, `${unknown.late}`);
});

Deno.test("[LAT2] a sender whose clock drifts is followed, and one that begins anew at once", () => {
  const times = new PictureTimes();
  const found = Array.from({ length: 30 }, (_, n) => second(times, n, () => n / 10).late);
  ok(found.every((late) => late <= 1), `${Math.max(...found)} ms`);
  equal(Math.round(second(times, 31, () => 5_000).late), 0);
});

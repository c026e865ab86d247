import { deepEqual, equal, ok } from "node:assert/strict";
import { mediaTimeOffset } from "../../../../protocol/picture/media_time.ts";
import { PictureAges, type SeenPicture } from "../../../../web/play/media/latency/picture_ages.ts";

/** The worker's clock is so much ahead of the page's, in milliseconds. */
const AHEAD = 5_000;
const START = 1_700_000_000_000;
const CLOCK = { pictureOffset: mediaTimeOffset(0, START + AHEAD), clockOffset: AHEAD };

/** Picture `n` of 60 a second, by the page's clock; its age when it arrived, was drawn and is on the screen. */
function seen(n: number, change: Partial<SeenPicture> = {}): SeenPicture {
  const capturedAt = START + n * 1000 / 60;
  return {
    timestamp: n * 1_500,
    receivedAt: capturedAt + 12,
    presentedAt: capturedAt + 15,
    displayedAt: capturedAt + 20,
    ...change,
  };
}

function known(ages: PictureAges) {
  const second = ages.take();
  ok(second.type === "known", second.type === "unknown" ? second.why : "");
  return second;
}

Deno.test("[LAT4] the age of a picture ends when it is expected on the screen, by the worker's clock", () => {
  const ages = new PictureAges();
  for (let n = 0; n < 60; n++) ages.add(seen(n), CLOCK);
  const second = known(ages);
  equal(second.ages.length, 60);
  equal(Math.round(second.age), 20);
  equal(Math.round(second.arrival!), 12);
  equal(second.isDisplayed, true);
  deepEqual(ages.take(), { type: "unknown", why: "no_picture" });
});

Deno.test("[LAT4] where the browser does not say when the screen shows it, the age ends when it was drawn", () => {
  const ages = new PictureAges();
  ages.add(seen(0, { displayedAt: undefined, receivedAt: undefined }), CLOCK);
  const second = known(ages);
  equal(Math.round(second.age), 15);
  equal(second.arrival, undefined);
  equal(second.isDisplayed, false);
});

Deno.test("[LAT5] an age that cannot be known has its reason", () => {
  const why = (change: Partial<SeenPicture>, clock: Partial<typeof CLOCK> = {}) => {
    const ages = new PictureAges();
    ages.add(seen(0, change), { ...CLOCK, ...clock });
    const second = ages.take();
    return second.type === "unknown" ? second.why : "known";
  };
  equal(why({ timestamp: undefined }), "no_timestamp");
  equal(why({}, { clockOffset: undefined! }), "no_clock");
  equal(why({}, { pictureOffset: undefined! }), "no_worker_time");
  equal(why({ timestamp: 90 * 3_600_000 }), "other_clock");
});

Deno.test("[LAT5] a second holds a bounded number of pictures", () => {
  const ages = new PictureAges();
  for (let n = 0; n < 1_000; n++) ages.add(seen(n), CLOCK);
  equal(known(ages).ages.length, 250);
});

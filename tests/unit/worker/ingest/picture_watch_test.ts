import { deepEqual, equal, match } from "node:assert/strict";
import {
  DEVICE_FIRST,
  NEW_WATCH,
  type PictureWatch,
  watchSecond,
} from "../../../../worker/ingest/picture_watch.ts";

const PATIENCE = 300;

/** The state after so many seconds, with or without a picture in each. */
function after(seconds: number, hasPicture: boolean, begin: PictureWatch = NEW_WATCH) {
  return Array.from({ length: seconds }).reduce<PictureWatch>(
    (watch) => watchSecond(watch, { hasPicture, patience: PATIENCE }),
    begin,
  );
}

Deno.test("[ING24] a stream without a picture is kept for the patience and 30 s more, then ends with the reason", () => {
  equal(after(PATIENCE + DEVICE_FIRST - 1, false).state, "kept");
  const over = after(PATIENCE + DEVICE_FIRST, false);
  match(over.state === "over" ? over.error : "", /^No picture of the device came in for 330 s$/);
});

Deno.test("[ING24] after one picture the count begins anew; a stream that has ended stays ended", () => {
  const silent = after(PATIENCE, false);
  deepEqual(after(1, true, silent), NEW_WATCH);
  const over = after(1_000, false);
  equal(after(1, true, over), over);
});

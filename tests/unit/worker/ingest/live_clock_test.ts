import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { LiveClock } from "../../../../worker/ingest/live_clock.ts";

function times(
  clock: LiveClock,
  arrivals: readonly (readonly [pts: number | undefined, now: number])[],
) {
  return arrivals.map(([pts, now]) => clock.next(clock.place(pts, now as Millis)));
}

Deno.test("[ING9] times keep the sender's spacing under any jitter", () => {
  const arrivals = [[5_000, 100], [8_000, 190], [11_000, 160], [14_000, 240]] as const;
  deepEqual(times(new LiveClock(), arrivals), [9_000, 12_000, 15_000, 18_000]);
});

Deno.test("[ING9] after a jump or a wrap-around of the sender's clock, times continue from the receiver's clock", () => {
  const clock = new LiveClock();
  const arrivals = [[1_000, 0], [900_000_000, 1_000], [2 ** 33 - 1_500, 2_000], [1_500, 2_033]];
  deepEqual(times(clock, arrivals as [number, number][]), [0, 90_000, 180_000, 182_970]);
});

Deno.test("[ING9] each time is later than the one before", () => {
  const clock = new LiveClock();
  const first = clock.next(clock.place(90_000, 1_000 as Millis));
  const still = clock.next(clock.place(undefined, 1_500 as Millis));
  const late = clock.next(clock.place(93_000, 1_600 as Millis));
  deepEqual([still - first, late - still], [45_000, 1]);
});

Deno.test("[ING9] RTP timestamps wrap around at 32 bits", () => {
  const clock = new LiveClock();
  const now = 2 ** 32 / 90 - 10;
  const [before, after] = times(clock, [[0, now], [3_000, now + 33]]);
  equal(after, (before! + 3_000) % 2 ** 32);
});

import { equal, ok } from "node:assert/strict";
import {
  type Figures,
  MOST,
  type Pace,
  PAUSE,
  rateOf,
  startPace,
  stepPace,
  WITHOUT_STREAM,
} from "../../../../agent/recording/pace.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const link = { id: 0, interface: "wwan0", state: "Live", sent_bytes: 0, rtt_ms: 50 };
const GOOD: Figures = { links: [link], dropped_frames: 0, target_bitrate_kbps: 2_000 };

/** Steps through seconds of figures, one a second. */
function run(seconds: number, figures: Figures, from: Pace = startPace(0 as Millis)): Pace {
  let pace = from;
  for (let at = 1; at <= seconds; at++) {
    pace = stepPace(pace, figures, from.readAt + at * 1_000 as Millis);
  }
  return pace;
}

Deno.test("[FWD1] beside a stream nothing is sent until its link was good for a while; then more and more", () => {
  equal(run(9, GOOD).rate, 0);
  const begun = run(10, GOOD).rate;
  ok(begun > 0 && begun <= 100_000);
  equal(run(60, GOOD).rate, MOST);
  equal(rateOf(undefined, 0 as Millis), WITHOUT_STREAM);
});

Deno.test("[FWD1] each sign of a full link stops it at once, and for longer each time", () => {
  const sending = run(20, GOOD);
  ok(sending.rate > 0 && sending.rate < MOST);
  const signs: Partial<Figures>[] = [
    { dropped_frames: 1 },
    { target_bitrate_kbps: 1_900 },
    { links: [{ ...link, rtt_ms: 100 }] },
    { links: [link, { ...link, state: "Degrade" }] },
    { links: [{ ...link, state: "Cooldown" }] },
    { links: [] },
  ];
  for (const sign of signs) {
    const stopped = run(1, { ...GOOD, ...sign }, sending);
    equal(stopped.rate, 0, JSON.stringify(sign));
    equal(stopped.pause, 2 * PAUSE.first);
  }
  const again = run(1, { ...GOOD, dropped_frames: 1 }, sending);
  const after = { ...GOOD, dropped_frames: 1 };
  equal(run(19, after, again).rate, 0);
  ok(run(20, after, again).rate > 0);
  // The longest pause is bounded; a long good time makes it short again.
  let worse = sending;
  for (let n = 2; n < 10; n++) {
    worse = run(200, { ...GOOD, dropped_frames: n }, { ...worse, rate: 1 });
    ok(worse.pause <= PAUSE.longest);
  }
  equal(worse.pause, PAUSE.first);
});

Deno.test("[FWD1] where the capacity is known, half of what nothing uses is the most", () => {
  const measured = { ...link, capacity_bps: 3_000_000, observed_bps: 2_400_000 };
  equal(run(120, { ...GOOD, links: [measured] }).rate, 300_000);
  const full = { ...measured, observed_bps: 3_100_000 };
  equal(run(120, { ...GOOD, links: [full] }).rate, 0);
});

Deno.test("[FWD1] without figures nothing is sent beside a stream", () => {
  const sending = run(60, GOOD);
  equal(rateOf(sending, sending.readAt + 3_000 as Millis), MOST);
  equal(rateOf(sending, sending.readAt + 4_000 as Millis), 0);
});

import { equal, match } from "node:assert/strict";
import {
  formatAgo,
  formatBitrate,
  formatBytes,
  formatLeft,
  formatMillis,
  formatPercent,
  formatRate,
  formatSeconds,
  formatZone,
  latencyStatus,
} from "../../../web/shared/format.ts";
import { sparkPath } from "../../../web/shared/sparkline.tsx";

/** Figures with plain spaces, to be read. */
const plain = (text: string) => text.replaceAll("\u202f", " ");

Deno.test("a figure has its unit, and a missing figure is a dash", () => {
  equal(plain(formatMillis(17.6)), "18 ms");
  equal(plain(formatMillis(2.34, { fine: true })), "2.3 ms");
  equal(plain(formatBitrate(2_940_000)), "2.9 Mb/s");
  equal(plain(formatBitrate(12_300_000)), "12 Mb/s");
  equal(plain(formatBitrate(661_400)), "661 kb/s");
  equal(plain(formatPercent(0.0042)), "0.4 %");
  equal(plain(formatPercent(0)), "0 %");
  equal(plain(formatPercent(0.123)), "12 %");
  equal(plain(formatRate(59.94)), "60 fps");
  equal(plain(formatBytes(13_120)), "13 kB");
  equal(plain(formatBytes(4_200_000)), "4.2 MB");
  for (const format of [formatMillis, formatBitrate, formatPercent, formatRate]) {
    equal(format(undefined), "–");
  }
  equal(formatMillis(NaN), "–");
});

Deno.test("seconds that passed round down, seconds that are left round up", () => {
  equal(plain(formatSeconds(2_900)), "2 s");
  equal(plain(formatSeconds(-50)), "0 s");
  equal(plain(formatLeft(2_100)), "3 s");
  equal(plain(formatLeft(-50)), "0 s");
});

Deno.test("an age is written in the largest unit that fits", () => {
  const now = Date.UTC(2026, 10, 20);
  const minutes = (count: number) => formatAgo(now - count * 60_000, now);
  equal(minutes(0.5), "just now");
  equal(minutes(2), "2 min ago");
  equal(minutes(180), "3 h ago");
  equal(minutes(30 * 60), "yesterday");
  equal(minutes(5 * 24 * 60), "5 days ago");
  match(minutes(60 * 24 * 60), /^2026-09-21$/);
});

Deno.test("a zone is written as a name", () => {
  equal(formatZone("new-york"), "New York");
  equal(formatZone("local"), "Local");
});

Deno.test("a round trip up to 40 ms is good, up to 75 ms fair, above that bad", () => {
  const statuses = [undefined, 40, 41, 75, 76].map(latencyStatus);
  equal(statuses.join(" "), "off live attention attention lost");
});

Deno.test("a sparkline grows from the right, and gaps stay gaps", () => {
  equal(sparkPath([], { room: 3, top: 10 }), "");
  equal(sparkPath([0, 10], { room: 3, top: 10 }), "M50.0 23.0L100.0 1.0");
  equal(sparkPath([5, undefined, 5], { room: 3, top: 10 }), "M0.0 12.0M100.0 12.0");
  match(sparkPath([1, 2, 3, 4], { room: 2, top: 1 }), /^M0\.0 .*L100\.0 1\.0$/);
});

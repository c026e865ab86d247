import { deepEqual, equal } from "node:assert/strict";
import { isWithin } from "../../../../coordinator/domain/hours.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { KeepLiveHours } from "../../../../protocol/rest/keep_live.ts";

const at = (iso: string) => Date.parse(iso) as EpochMillis;
const WORKDAYS = [1, 2, 3, 4, 5];
const ALL_DAYS = [...WORKDAYS, 6, 7];
const hours = (from: string, to: string, { days = ALL_DAYS, zone = "UTC" } = {}) => ({
  ...{ from, to, days, zone },
});

Deno.test("[KLV6] hours begin at their first minute and end before their last", () => {
  const day = hours("08:00", "22:00");
  const moments = ["07:59:59", "08:00:00", "21:59:59", "22:00:00"];
  deepEqual(moments.map((time) => isWithin(day, at(`2026-11-29T${time}Z`))), [
    ...[false, true, true, false],
  ]);
});

Deno.test("[KLV6] hours that end before they begin go on until the next day", () => {
  // 2026-11-27 is a Friday.
  const night = hours("22:00", "06:00", { days: WORKDAYS });
  const moments = ["27T21:59", "27T22:00", "28T05:59", "28T06:00", "28T22:00", "30T05:00"];
  deepEqual(moments.map((time) => isWithin(night, at(`2026-11-${time}:00Z`))), [
    ...[false, true, true, false, false, false],
  ]);
});

Deno.test("[KLV6] hours of one time are the whole day, and no hours are any time", () => {
  equal(isWithin(hours("08:00", "08:00"), at("2026-11-29T07:00:00Z")), true);
  equal(isWithin(undefined, at("2026-11-29T07:00:00Z")), true);
});

Deno.test("[KLV6] hours follow the clock of their time zone, also in summer", () => {
  const berlin = hours("08:00", "09:00", { zone: "Europe/Berlin" });
  equal(isWithin(berlin, at("2026-01-15T07:30:00Z")), true);
  equal(isWithin(berlin, at("2026-07-15T07:30:00Z")), false);
  equal(isWithin(berlin, at("2026-07-15T06:30:00Z")), true);
});

Deno.test("[KLV6] hours of an unknown time zone, a time beyond the day or no days are refused", () => {
  const good = hours("08:00", "22:00");
  equal(KeepLiveHours.safeParse(good).success, true);
  for (const change of [{ zone: "Mars/Olympus" }, { from: "24:00" }, { days: [] }, { days: [8] }]) {
    equal(KeepLiveHours.safeParse({ ...good, ...change }).success, false);
  }
});

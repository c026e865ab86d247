import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { hoursAt, isWithin } from "../../../../coordinator/domain/hours.ts";
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

const until = (of: KeepLiveHours, iso: string) => {
  const { within, until } = hoursAt(of, at(iso));
  return [within, until === undefined ? undefined : new Date(until).toISOString().slice(0, 16)];
};

Deno.test("[KLV10] hours say when they begin next and when they end", () => {
  // 2026-11-27 is a Friday.
  const work = hours("08:00", "18:00", { days: WORKDAYS });
  deepEqual(until(work, "2026-11-27T07:00:00Z"), [false, "2026-11-27T08:00"]);
  deepEqual(until(work, "2026-11-27T08:00:00Z"), [true, "2026-11-27T18:00"]);
  deepEqual(until(work, "2026-11-27T18:00:00Z"), [false, "2026-11-30T08:00"]);
  const sunday = hours("08:00", "18:00", { days: [7] });
  deepEqual(until(sunday, "2026-11-29T18:00:00Z"), [false, "2026-12-06T08:00"]);
  const night = hours("22:00", "06:00", { days: [5] });
  deepEqual(until(night, "2026-11-28T01:00:00Z"), [true, "2026-11-28T06:00"]);
  const whole = hours("08:00", "08:00");
  deepEqual(until(whole, "2026-11-29T07:00:00Z"), [true, undefined]);
  const weekend = hours("08:00", "08:00", { days: [6, 7] });
  deepEqual(until(weekend, "2026-11-28T09:00:00Z"), [true, "2026-11-30T08:00"]);
});

Deno.test("[KLV10] hours begin and end once on days on which the clock is put forward or back", () => {
  // In Berlin 02:00 to 02:59 is left out on 2026-03-29, and comes twice on 2026-10-25.
  const early = hours("02:30", "05:00", { zone: "Europe/Berlin" });
  deepEqual(until(early, "2026-03-29T00:30:00Z"), [false, "2026-03-29T01:00"]);
  deepEqual(until(early, "2026-03-29T01:00:00Z"), [true, "2026-03-29T03:00"]);
  deepEqual(until(early, "2026-10-25T00:00:00Z"), [false, "2026-10-25T00:30"]);
  deepEqual(until(early, "2026-10-25T01:15:00Z"), [true, "2026-10-25T04:00"]);
  const late = hours("20:00", "02:30", { zone: "Europe/Berlin" });
  deepEqual(until(late, "2026-10-25T00:15:00Z"), [true, "2026-10-25T00:30"]);
  deepEqual(until(late, "2026-10-25T01:15:00Z"), [false, "2026-10-25T19:00"]);
  deepEqual(until(late, "2026-03-29T00:30:00Z"), [true, "2026-03-29T01:00"]);
});

Deno.test("[KLV10] in any zone the hours are within until they say, and the moment after is not", () => {
  const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"];
  const time = fc.tuple(fc.nat(23), fc.nat(59)).map((parts) =>
    parts.map((part) => String(part).padStart(2, "0")).join(":")
  );
  const anyHours = fc.record({
    ...{ from: time, to: time, zone: fc.constantFrom(...zones) },
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  });
  const moment = fc.integer({ min: at("2026-01-01T00:00Z"), max: at("2027-01-01T00:00Z") });
  fc.assert(fc.property(anyHours, moment, (any, now) => {
    const { within, until } = hoursAt(any, now as EpochMillis);
    if (until === undefined) return equal(within, true);
    equal(until > now && until - now < 9 * 86_400_000, true);
    equal(hoursAt({ ...any }, until - 1 as EpochMillis).within, within);
    equal(hoursAt({ ...any }, until).within, !within);
  }));
});

/**
 * Weekly hours in a time zone: whether a moment is within them, and when that changes. Each day's hours are one span of
 * time, from the first moment at which the clock of the zone shows their begin until the first at which it shows their
 * end: they begin and end once, also on days on which that clock is put forward or back. Pure.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";
import type { KeepLiveHours } from "../../protocol/rest/keep_live.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Days that are looked ahead: hours begin at least once a week. */
const AHEAD = 9;

/** Whether a moment is within the hours. `until`: when that changes; `undefined` when it never does. */
export interface HoursState {
  readonly within: boolean;
  readonly until: EpochMillis | undefined;
}

interface Kept extends HoursState {
  readonly from: EpochMillis;
}

/** The states of hours that were worked out last: they are asked for each second, and change twice a day. */
const kept = new Map<string, Kept>();
/** Hours whose states are kept; beyond that all are forgotten, and worked out again. */
const MOST_KEPT = 1_000;

/** One formatter for each time zone in use: to create one takes far longer than to use it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether `now` is within `hours`, and until when; always when there are none. */
export function hoursAt(hours: KeepLiveHours | undefined, now: EpochMillis): HoursState {
  if (!hours) return { within: true, until: undefined };
  const key = `${hours.from} ${hours.to} ${hours.days} ${hours.zone}`;
  const known = kept.get(key);
  if (known && known.from <= now && now < (known.until ?? known.from + DAY)) return known;
  const state = { ...stateAt(hours, now), from: now };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, state);
  return state;
}

/** Whether `now` is within `hours`; always when there are none. */
export function isWithin(hours: KeepLiveHours | undefined, now: EpochMillis): boolean {
  return hoursAt(hours, now).within;
}

function stateAt(hours: KeepLiveHours, now: EpochMillis): HoursState {
  const spans = spansAround(hours, now);
  const current = spans.find(({ begin, end }) => begin <= now && now < end);
  if (!current) return { within: false, until: spans.find(({ begin }) => begin > now)?.begin };
  let until = current.end;
  for (const { begin, end } of spans) if (begin <= until && end > until) until = end;
  // Hours that are one whole day after another do not end.
  const isEndless = until >= spans.at(-1)!.end;
  return { within: true, until: isEndless ? undefined : until };
}

/** The spans of the hours from two days before `now` on, in their order. */
function spansAround(
  { from, to, days, zone }: KeepLiveHours,
  now: EpochMillis,
): { readonly begin: EpochMillis; readonly end: EpochMillis }[] {
  const today = Math.floor(localTime(zone, now) / DAY) * DAY;
  const lasts = minutesOf(to) > minutesOf(from) ? 0 : DAY;
  return Array.from({ length: AHEAD + 2 }, (_, index) => today + (index - 2) * DAY)
    .filter((date) => days.includes(weekday(date)))
    .map((date) => ({
      begin: firstAt(zone, date + minutesOf(from) * MINUTE),
      end: firstAt(zone, date + lasts + minutesOf(to) * MINUTE),
    }));
}

/** The first moment at which the zone's clock shows `local` or, where it leaps over that, a later time. */
function firstAt(zone: string, local: number): EpochMillis {
  const offsets = [local - DAY, local + DAY].map((at) => localTime(zone, at) - at);
  const [early, late] = [local - Math.max(...offsets), local - Math.min(...offsets)] as const;
  if (localTime(zone, early) === local) return early as EpochMillis;
  if (localTime(zone, late) === local) return late as EpochMillis;
  let [before, after] = [early, late];
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
    if (localTime(zone, middle) >= local) after = middle;
    else before = middle;
  }
  return after as EpochMillis;
}

/** What the zone's clock and calendar show, to the minute, as milliseconds since 1970 of a clock without a zone. */
function localTime(zone: string, at: number): number {
  const formatter = formatters.get(zone) ?? new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, hourCycle: "h23" },
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
  });
  formatters.set(zone, formatter);
  const parts = new Map(
    formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

/** 1 is Monday and 7 is Sunday. */
function weekday(local: number): number {
  return new Date(local).getUTCDay() || 7;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

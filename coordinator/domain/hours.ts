/**
 * Whether a moment is within daily hours, in the time zone of the hours.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";
import type { KeepLiveHours } from "../../protocol/rest/keep_live.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** One formatter for each time zone in use: to create one takes far longer than to use it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether `now` is within `hours`; always when there are none. */
export function isWithin(hours: KeepLiveHours | undefined, now: EpochMillis): boolean {
  if (!hours) return true;
  const { from, to, days } = hours;
  const { day, time } = localTime(hours.zone, now);
  const yesterday = day === 1 ? 7 : day - 1;
  // Times of day have one length, so they compare as text.
  if (from < to) return days.includes(day) && from <= time && time < to;
  return (days.includes(day) && from <= time) || (days.includes(yesterday) && time < to);
}

/** The day of the week, 1 for Monday, and the time of day of a moment in a time zone. */
function localTime(zone: string, now: EpochMillis): { day: number; time: string } {
  const formatter = formatters.get(zone) ?? new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit" },
    hourCycle: "h23",
  });
  formatters.set(zone, formatter);
  const parts = new Map(formatter.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    day: DAYS.indexOf(parts.get("weekday") ?? "") + 1,
    time: `${parts.get("hour")}:${parts.get("minute")}`,
  };
}

/**
 * Times, spans and radio figures as the dashboard writes them, beside the figures of `shared/format.ts`.
 *
 * @module
 */
const SPACE = "\u202f";
const NONE = "–";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A running time: `0:07`, `5:42`, `3:05:42`, `2 d 4 h`. */
export function formatRunning(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole >= DAY) {
    return `${Math.floor(whole / DAY)}${SPACE}d ${Math.floor((whole % DAY) / HOUR)}${SPACE}h`;
  }
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const seconds = Math.floor((whole % MINUTE) / SECOND).toString().padStart(2, "0");
  if (hours === 0) return `${minutes}:${seconds}`;
  return `${hours}:${minutes.toString().padStart(2, "0")}:${seconds}`;
}

/** A span in its largest fitting unit, rounded down: `40 s`, `2 min`, `3 h`, `5 d`. */
export function formatSpan(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 2 * MINUTE) return `${Math.floor(whole / SECOND)}${SPACE}s`;
  if (whole < 2 * HOUR) return `${Math.floor(whole / MINUTE)}${SPACE}min`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)}${SPACE}h`;
  return `${Math.floor(whole / DAY)}${SPACE}d`;
}

const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const dayAndTime = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const fullTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const minuteTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const dayOfWeek = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "short", day: "numeric", month: "short" },
  ...{ hour: "2-digit", minute: "2-digit" },
});
const dayOnly = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** `12:03:05` on the same day, `19 Nov, 12:03` within half a year, a date before. Times in epoch milliseconds. */
export function formatMoment(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  if (sameDay) return clockTime.format(at);
  return Math.abs(now - at) < 180 * DAY ? dayAndTime.format(at) : dayOnly.format(at);
}

/** A moment of the coming week: `today at 18:00`, `Mon 30 Nov, 08:00`. */
export function formatWeekday(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return sameDay ? `today at ${minuteTime.format(at)}` : dayOfWeek.format(at);
}

/** Date and time in full, for a tooltip: `20 Nov 2026, 12:03:05`. */
export function formatFull(at: number): string {
  return fullTime.format(at);
}

/** `4.8` from kilobits a second, in megabits: the unit is in the column's head. */
export function formatMbps(kbps: number | undefined): string {
  if (kbps === undefined || !Number.isFinite(kbps)) return NONE;
  const megabits = kbps / 1000;
  return megabits.toFixed(megabits >= 99.95 ? 0 : megabits >= 1 || megabits === 0 ? 1 : 2);
}

/** `−72 dBm`. */
export function formatDbm(dbm: number | null | undefined): string {
  if (dbm === undefined || dbm === null) return NONE;
  return `${withMinus(Math.round(dbm))}${SPACE}dBm`;
}

/** With a minus sign instead of a hyphen. */
export function withMinus(value: number): string {
  return String(value).replace("-", "−");
}

/** `42 %` from a number that already is a percentage. */
export function formatWhole(percent: number | undefined): string {
  return percent === undefined ? NONE : `${Math.round(percent)}${SPACE}%`;
}

/** `180 MB`, `3.4 GB` from megabytes of 10⁶ bytes. */
export function formatMegabytes(megabytes: number | null | undefined): string {
  if (megabytes === undefined || megabytes === null) return NONE;
  if (megabytes < 1000) return `${Math.round(megabytes)}${SPACE}MB`;
  return `${(megabytes / 1000).toFixed(1)}${SPACE}GB`;
}

/** `1,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}

/** `1 room`, `3 rooms`; an irregular plural is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `1 person watching loses`, `3 people watching lose`: the viewers that lose a picture. */
export function losers(count: number): string {
  return count === 1 ? "1 person watching loses" : `${formatCount(count)} people watching lose`;
}

/**
 * Formats figures: a number, a narrow space, a unit. A missing figure is an en dash.
 *
 * @module
 */
const NONE = "–";
const SPACE = "\u202f";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `18 ms`; one decimal below ten when `fine`. */
export function formatMillis(ms: number | undefined, { fine = false } = {}): string {
  if (ms === undefined || !Number.isFinite(ms)) return NONE;
  return `${fine && ms < 10 ? ms.toFixed(1) : Math.round(ms)}${SPACE}ms`;
}

/** `850 kb/s`, `2.9 Mb/s` from bits per second. */
export function formatBitrate(bits: number | undefined): string {
  if (bits === undefined || !Number.isFinite(bits)) return NONE;
  if (bits < 1e6) return `${Math.round(bits / 1e3)}${SPACE}kb/s`;
  return `${(bits / 1e6).toFixed(bits < 1e7 ? 1 : 0)}${SPACE}Mb/s`;
}

/** `0.4 %` from a fraction; whole percents from ten up. */
export function formatPercent(fraction: number | undefined): string {
  if (fraction === undefined || !Number.isFinite(fraction)) return NONE;
  const percent = fraction * 100;
  const digits = percent >= 10 || percent === 0 ? 0 : 1;
  return `${percent.toFixed(digits)}${SPACE}%`;
}

/** `60 fps`. */
export function formatRate(perSecond: number | undefined): string {
  return perSecond === undefined ? NONE : `${Math.round(perSecond)}${SPACE}fps`;
}

/** `12 kB`, `3.4 MB`, `1.2 GB` from bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${SPACE}B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)}${SPACE}kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)}${SPACE}MB`;
  return `${(bytes / 1e9).toFixed(1)}${SPACE}GB`;
}

/** Whole seconds of a duration in milliseconds, never negative: `7 s`. */
export function formatSeconds(ms: number): string {
  return `${Math.max(0, Math.floor(ms / 1000))}${SPACE}s`;
}

/** Seconds left of a countdown, rounded up so that it never shows zero while it runs. */
export function formatLeft(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1000))}${SPACE}s`;
}

/** `just now`, `2 min ago`, `3 h ago`, `yesterday`, `5 days ago`, then a date. Both in epoch milliseconds. */
export function formatAgo(then: number, now: number): string {
  const age = now - then;
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 2 * DAY) return "yesterday";
  if (age < 30 * DAY) return `${Math.floor(age / DAY)} days ago`;
  return new Date(then).toISOString().slice(0, 10);
}

/** `14:05`, the local time of day of a moment in milliseconds since 1970. */
export function formatClockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(
    ":",
  );
}

/** `frankfurt` → `Frankfurt`, `new-york` → `New York`. */
export function formatZone(zone: string): string {
  return zone.split(/[-_.]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** The rating of a state; each has a shape and a colour of its own. */
export type Status = "live" | "attention" | "lost" | "off";

/** Round trips and ages of pictures up to these count as good and as fair, in milliseconds. */
export const LATENCY_LIMITS = { good: 40, fair: 75 } as const;

/** Rates a round trip, or the age of a picture. */
export function latencyStatus(ms: number | undefined): Status {
  if (ms === undefined) return "off";
  if (ms <= LATENCY_LIMITS.good) return "live";
  return ms <= LATENCY_LIMITS.fair ? "attention" : "lost";
}

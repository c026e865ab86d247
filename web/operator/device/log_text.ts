/**
 * The lines of a device's log as text, to copy and to download.
 *
 * @module
 */
import type { LogLine } from "../../../protocol/field/device_log.ts";

/** One line each: `2026-11-29T19:30:00.000Z warn probe failed (what=signal)`. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map(({ at, level, text }) => `${timeOf(at)} ${level} ${text}\n`).join("");
}

/** `box-7-log-2026-11-29T19-30-00.txt` for a log that was read at `now`; letters that file systems refuse are left out. */
export function logFileName(name: string, now: number): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `${plain || "device"}-log-${timeOf(now).slice(0, 19).replaceAll(":", "-")}.txt`;
}

/** A device's clock may be anything; what is no date is written as the number it is. */
function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/**
 * JSON lines: one event, then its fields. Levels: *error*: an operation failed for good · *warn*: it will be
 * retried, or an unusual case was handled · *info*: one line per lifecycle step · *debug*: the rest. No line per
 * frame, no secrets.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** Levels of a log, from the most lines to the fewest. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of the log levels. */
export type Level = (typeof LEVELS)[number];

/** The fields of a line besides its event. Errors are written with their causes. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes lines, at or above its level. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** A log that adds these fields to every line. */
  with(fields: Fields): Log;
}

/** The parts and settings of a log. */
export interface LogOptions {
  readonly clock: Clock;
  /** Writes one line; the text has no line end. */
  readonly sink: (line: string) => void;
  /** The lowest level that is written. */
  readonly level?: Level;
  readonly fields?: Fields;
}

/** Makes a log that writes JSON lines. */
export function createLog({ clock, sink, level = "info", fields = {} }: LogOptions): Log {
  const least = LEVELS.indexOf(level);
  const writer = (at: Level) => (event: string, more: Fields = {}) => {
    if (LEVELS.indexOf(at) < least) return;
    const ts = new Date(clock.epoch()).toISOString();
    sink(JSON.stringify({ ts, level: at, event, ...fields, ...more }, plain));
  };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    with: (more) => createLog({ clock, sink, level, fields: { ...fields, ...more } }),
  };
}

/** Converts values that JSON cannot write: errors become their stack, big integers their digits. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === "bigint" ? value.toString() : value;
}

/**
 * The log of a process: one line for each event with its fields, as JSON or as text for a person at a terminal.
 * Levels: *error*: an operation failed for good · *warn*: it will be retried, or an unusual case was handled ·
 * *info*: one line per lifecycle step · *debug*: the rest. No line per frame, no secrets.
 *
 * @module
 */
import type { Clock, EpochMillis } from "./clock.ts";
import { type Bucket, createBucket } from "./connection/bucket.ts";
import { errorText } from "./error_text.ts";

/** Levels of a log, from the most lines to the fewest. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of the log levels. */
export type Level = (typeof LEVELS)[number];

/** Values of the setting `logFormat`. */
export const LOG_FORMATS = ["auto", "json", "text"] as const;
/** Form of the lines; `auto`: text at a terminal, JSON elsewhere. */
export type LogFormat = (typeof LOG_FORMATS)[number];

const FORM_ARG = "--log-form=";
const LEVEL_ARG = "--log-level=";

/** Most lines of one event, so that nobody who causes them fills a disk. */
export const LINE_LIMIT = { perSecond: 5, burst: 200 } as const;

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
  /** Form of the lines. */
  readonly form?: "json" | "text";
  /** Gets each line that is written; `text` is its event with the fields of the line itself. */
  readonly kept?: (
    line: { readonly at: EpochMillis; readonly level: Level; readonly text: string },
  ) => void;
}

/** Form and least level of the lines that a process writes. */
export interface LogStyle {
  readonly form: "json" | "text";
  readonly level: Level;
}

/**
 * The style of a process with these settings. At a terminal a person reads along: there the lines of
 * each lifecycle step are left out, unless the settings name another level than the default one.
 */
export function logStyle(
  { logFormat, logLevel }: { readonly logFormat: LogFormat; readonly logLevel: Level },
  isTerminal: boolean,
): LogStyle {
  const form = logFormat === "auto" ? (isTerminal ? "text" : "json") : logFormat;
  return { form, level: form === "text" && logLevel === "info" ? "warn" : logLevel };
}

/** The style as arguments for a child, which {@linkcode readStyle} reads. */
export function styleArgs({ form, level }: LogStyle): string[] {
  return [`${FORM_ARG}${form}`, `${LEVEL_ARG}${level}`];
}

/** The style in the arguments of a process; JSON from `info` on where they name none. */
export function readStyle(args: readonly string[]): LogStyle {
  const named = (prefix: string) =>
    args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
  return {
    form: named(FORM_ARG) === "text" ? "text" : "json",
    level: LEVELS.find((level) => level === named(LEVEL_ARG)) ?? "info",
  };
}

/** What was written of one event. */
interface Written {
  readonly bucket: Bucket;
  leftOut: number;
}

/**
 * Makes a log that writes lines of one form. Lines of an event beyond {@linkcode LINE_LIMIT} are left out, and counted
 * in the field `left_out` of the event's next line.
 */
export function createLog(options: LogOptions): Log {
  return limitedLog(options, new Map());
}

function limitedLog(options: LogOptions, events: Map<string, Written>): Log {
  const { clock, sink, level = "info", fields = {}, form = "json", kept } = options;
  const least = LEVELS.indexOf(level);
  const writer = (at: Level) => (event: string, more: Fields = {}) => {
    if (LEVELS.indexOf(at) < least) return;
    const written = events.get(event) ?? { bucket: createBucket(clock, LINE_LIMIT), leftOut: 0 };
    events.set(event, written);
    if (!written.bucket.take()) {
      written.leftOut += 1;
      return;
    }
    const leftOut = written.leftOut > 0 ? { left_out: written.leftOut } : {};
    written.leftOut = 0;
    const now = clock.epoch();
    const time = new Date(now);
    const all = { ...fields, ...more, ...leftOut };
    sink(
      form === "json"
        ? JSON.stringify({ ts: time.toISOString(), level: at, event, ...all }, plain)
        : textLine(time, at, event, all),
    );
    kept?.({ at: now, level: at, text: eventText(event, { ...more, ...leftOut }) });
  };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    with: (more) => limitedLog({ ...options, fields: { ...fields, ...more } }, events),
  };
}

/** Converts values that JSON cannot write: errors become their stack, big integers their digits. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === "bigint" ? value.toString() : value;
}

/** Local time, level, process, event, then the other fields: `12:03:04 warn worker: room ended (room=r-1)`. */
function textLine(time: Date, level: Level, event: string, { process, ...fields }: Fields): string {
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
  const from = process === undefined ? "" : ` ${process}:`;
  return `${clock} ${level}${from} ${eventText(event, fields)}`;
}

/** The event, then its fields: `room ended (room=r-1)`. */
function eventText(event: string, fields: Fields): string {
  const rest = Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${textOf(value)}`).join(" ");
  return `${event}${rest && ` (${rest})`}`;
}

/** A value on one line: errors as their sentence, everything else that is no text as JSON. */
function textOf(value: unknown): string {
  const text = value instanceof Error
    ? errorText(value)
    : typeof value === "string"
    ? value
    : JSON.stringify(value, plain);
  return text.replaceAll(/\s+/g, " ");
}

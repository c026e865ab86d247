/**
 * REST: keep live, by which a sender's stream is started again after every end until an operator ends that.
 *
 * @module
 */
import * as z from "zod/mini";
import { StreamId } from "../ids.ts";

/** A time of day, 24 hours: `08:30`. */
const TimeOfDay = z.string().check(z.regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/));

/** Whether this runtime has the rules of a time zone, such as `Europe/Berlin`. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The daily hours in which a sender is kept live. Hours that end before they begin go on until the next day. */
export const KeepLiveHours = z.object({
  from: TimeOfDay,
  /** Equal to `from`: the whole day. */
  to: TimeOfDay,
  /** The days on which they begin, 1 is Monday and 7 is Sunday. */
  days: z.array(z.int().check(z.gte(1), z.lte(7))).check(z.minLength(1), z.maxLength(7)),
  /** IANA name of the time zone: `UTC`, `Europe/Berlin`. */
  zone: z.string().check(z.maxLength(64), z.refine(isTimeZone)),
});
export type KeepLiveHours = z.infer<typeof KeepLiveHours>;

/** One start by keep live. */
export const KeepLiveStart = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  stream_id: StreamId,
  /** Why it was necessary, as a sentence without its full stop. */
  reason: z.string(),
});
export type KeepLiveStart = z.infer<typeof KeepLiveStart>;

/** How many starts are kept; the oldest is dropped. */
export const MAX_KEPT_STARTS = 20;

/** Keep live of one sender. Times in milliseconds since 1970. */
export const KeepLive = z.object({
  /**
   * `running`: the sender has a stream. `starting`: a start is under way. `waiting`: the next start is planned.
   * `outside`: the hours have not begun. `off`: nothing is started.
   */
  state: z.enum(["off", "outside", "waiting", "starting", "running"]),
  since: z.number(),
  /** When `waiting`: the time of the next start. */
  until: z.optional(z.number()),
  /** How many starts in a row did not lead to a stream that lasted a minute. */
  failures: z.optional(z.int()),
  /** Why it waits, or why it is off, as a sentence without its full stop. */
  reason: z.optional(z.string()),
  /** Absent: at any time. */
  hours: z.optional(KeepLiveHours),
  /** When the hours begin next: it is on, and outside of them. */
  begins_at: z.optional(z.number()),
  /** When the hours end: it is on, and within them. Absent: they do not end. */
  ends_at: z.optional(z.number()),
  /** The newest starts, the newest first. */
  starts: z.array(KeepLiveStart).check(z.maxLength(MAX_KEPT_STARTS)),
});
export type KeepLive = z.infer<typeof KeepLive>;

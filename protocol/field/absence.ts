/**
 * What a device noted while its coordinator was away, for the agent leg and REST. The device tells ages by its monotonic
 * clock, because its clock of the day may be wrong.
 *
 * @module
 */
import * as z from "zod/mini";
import { plainText } from "../plain_text.ts";

/** Most readings and changes of one absence. */
export const MAX_READINGS = 120;
/** Most changes of one absence; older ones are dropped. */
export const MAX_CHANGES = 40;
/** Longest text of a change, in characters. */
export const MAX_CHANGE = 200;

const Count = z.number().check(z.gte(0));
const reading = {
  cpu_percent: Count,
  temperature_c: z.optional(z.number()),
  /** Of the weakest connected radio. */
  signal_dbm: z.optional(z.number()),
  stream_state: plainText(40),
};
const change = { text: plainText(MAX_CHANGE) };

/** What the device sends when it is back; ages in milliseconds. */
export const AbsenceReport = z.object({
  /** How long it was away. */
  lasted_ms: Count,
  /** Oldest first. */
  readings: z.array(z.object({ age_ms: Count, ...reading })).check(z.maxLength(MAX_READINGS)),
  /** Oldest first: `wwan0: connected, then disconnected`. */
  changes: z.array(z.object({ age_ms: Count, ...change })).check(z.maxLength(MAX_CHANGES)),
  /** Older changes that were dropped. */
  left_out: z.int().check(z.gte(0)),
});
export type AbsenceReport = z.infer<typeof AbsenceReport>;

/** The same by the coordinator's clock, milliseconds since 1970. */
export const Absence = z.object({
  from: z.number(),
  to: z.number(),
  readings: z.array(z.object({ at: z.number(), ...reading })),
  changes: z.array(z.object({ at: z.number(), ...change })),
  left_out: z.int(),
});
export type Absence = z.infer<typeof Absence>;

/** An absence by the clock of the reader, at whose `now` the report arrived. */
export function absenceAt(report: AbsenceReport, now: number): Absence {
  const moment = <T extends { age_ms: number }>({ age_ms, ...rest }: T) => ({
    at: now - age_ms,
    ...rest,
  });
  return {
    from: now - report.lasted_ms,
    to: now,
    readings: report.readings.map(moment),
    changes: report.changes.map(moment),
    left_out: report.left_out,
  };
}

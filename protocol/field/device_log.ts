/**
 * The newest lines of a device's log, as an operator reads them, for the agent leg and REST.
 *
 * @module
 */
import * as z from "zod/mini";
import { LEVELS } from "../log.ts";
import { plainText } from "../plain_text.ts";

/** Most lines that a device keeps and sends. */
export const MAX_LOG_LINES = 500;
/** Longest text of a line, in characters. */
export const MAX_LOG_TEXT = 1_000;

/** One line of a log. It holds no secret. */
export const LogLine = z.object({
  /** The device's clock, milliseconds since 1970. */
  at: z.number(),
  level: z.enum(LEVELS),
  /** The event with its fields: `logged in (sender=snd_1)`. */
  text: plainText(MAX_LOG_TEXT),
});
export type LogLine = z.infer<typeof LogLine>;

/** Which lines are wanted. */
export const LogRequest = z.object({
  /** The newest ones, at most this many. */
  lines: z._default(z.int().check(z.gte(1), z.lte(MAX_LOG_LINES)), 200),
  /** The least level. */
  level: z._default(z.enum(LEVELS), "info"),
});
export type LogRequest = z.infer<typeof LogRequest>;

/** The newest lines of a device's log, oldest first. */
export const DeviceLog = z.object({
  lines: z.array(LogLine).check(z.maxLength(MAX_LOG_LINES)),
  /** Older lines of this level that the device keeps and that did not fit. */
  left_out: z.int().check(z.gte(0)),
});
export type DeviceLog = z.infer<typeof DeviceLog>;

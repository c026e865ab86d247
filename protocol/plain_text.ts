/**
 * Names and other texts of one line that people read on pages, in logs and in terminals. Without control characters
 * such a text cannot end a line, hide its beginning, or order a terminal; without direction overrides (Unicode
 * Bidirectional Algorithm, UAX #9) it reads as it is written.
 *
 * @module
 */
import * as z from "zod/mini";

/** Controls (Cc), halves of surrogate pairs (Cs), line and paragraph separators, direction overrides. */
const FORBIDDEN = "\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";
const PLAIN = new RegExp(`^[^${FORBIDDEN}]*$`, "u");
const EACH_FORBIDDEN = new RegExp(`[${FORBIDDEN}]`, "gu");

/** A text of at most `max` UTF-16 units; one with a forbidden character is refused. */
export function plainText(max: number) {
  return z.string().check(
    z.maxLength(max),
    z.regex(PLAIN, "must not contain control characters"),
  );
}

/** A text as {@linkcode plainText} takes it: forbidden characters become U+FFFD, and what is too long is cut. */
export function toPlainText(text: string, max: number): string {
  return text.slice(0, max).replace(EACH_FORBIDDEN, "\ufffd");
}

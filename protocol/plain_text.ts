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

/** A text of at most `max` characters (code points); one with a forbidden character is refused. */
export function plainText(max: number) {
  return z.string().check(
    z.maxLength(max),
    z.regex(PLAIN, "must not contain control characters"),
  );
}

/** Marks in a row that some script needs; more are drawn over the lines above and below. */
const TOO_MANY_MARKS = /\p{M}{9}/u;
/** Letters of Hangul and a pattern of Braille that show nothing. */
const BLANK = /[\u115f\u1160\u2800\u3164\uffa0]/gu;
const SHOWN = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A text that a person gives to be read by others: trimmed, with something to see, and without piles of marks. */
export function writtenText(max: number) {
  return plainText(max).check(
    z.trim(),
    z.minLength(1),
    z.refine((text) => SHOWN.test(text.replace(BLANK, "")), "must show something"),
    z.refine((text) => !TOO_MANY_MARKS.test(text), "must not pile up marks"),
  );
}

let graphemes: Intl.Segmenter | undefined;

/**
 * A text as {@linkcode plainText} takes it: forbidden characters become U+FFFD, and what is too long is cut, before the
 * sign as people read it (grapheme cluster, UAX #29) that does not fit. One that alone is too long is cut inside.
 */
export function toPlainText(text: string, max: number): string {
  return text.slice(0, endOf(text, max)).replace(EACH_FORBIDDEN, "\ufffd");
}

/** Where the last cluster ends that `max` code units hold. No more of the text is looked at than one character further. */
function endOf(text: string, max: number): number {
  if (text.length <= max) return text.length;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const begin = graphemes.segment(text.slice(0, max + 2)).containing(max)?.index ?? 0;
  if (begin > 0) return begin;
  const isHalved = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(max - 1, max + 1));
  return isHalved ? max - 1 : max;
}

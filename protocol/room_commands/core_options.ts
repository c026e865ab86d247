/**
 * The options of a core as a room shows them to its people, and their bounds: what a core declares is not to be trusted.
 *
 * @module
 */
import * as z from "zod/mini";
import { plainText } from "../plain_text.ts";

/** Longest key, value and label of an option, in characters (code points). */
export const MAX_OPTION_TEXT = 100;
/** Longest name of an option, in characters (code points). */
export const MAX_OPTION_NAME = 120;
/** Longest heading of a category, in characters (code points). */
export const MAX_CATEGORY = 60;
/** Longest help text, in characters (code points). */
export const MAX_HELP = 500;
/** Most choices of an option that are shown. */
export const MAX_CHOICES = 128;

/** The name of an option in the core and in `games.toml`. */
export const OptionKey = plainText(MAX_OPTION_TEXT).check(z.minLength(1));
/** A value of an option. */
export const OptionValue = plainText(MAX_OPTION_TEXT).check(z.minLength(1));

/** One option. */
export const CoreOption = z.object({
  key: OptionKey,
  /** As the core calls it, in English. */
  name: plainText(MAX_OPTION_NAME),
  value: OptionValue,
  choices: z.array(OptionValue).check(z.maxLength(MAX_CHOICES)),
  /** What each choice is called, in their order. Absent: as it is written. */
  labels: z.optional(z.array(plainText(MAX_OPTION_TEXT)).check(z.maxLength(MAX_CHOICES))),
  /** The heading that it stands under. */
  category: z.optional(plainText(MAX_CATEGORY).check(z.minLength(1))),
  /** What it does. */
  help: z.optional(plainText(MAX_HELP).check(z.minLength(1))),
  /** When the value counts: with the game's next step, or when it starts over. Absent: it does. */
  later: z.optional(z.enum(["step", "restart"])),
});
export type CoreOption = z.infer<typeof CoreOption>;

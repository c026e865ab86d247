/**
 * Readers of settings: text, numbers, choices, lists, ranges of ports. Each issue completes the sentence
 * "Cannot use NAME = … : it must …".
 *
 * @module
 */
import * as z from "zod/mini";

/** A value, or the reason that the text is none. */
export type ValueOrFault<T> = { readonly value: T } | { readonly fault: string };

/** A reader made of a function. */
export function readBy<T>(parse: (text: string) => ValueOrFault<T>): z.ZodMiniType<T, string> {
  return z.pipe(
    z.string(),
    z.transform((text: string, context) => {
      const parsed = parse(text);
      if ("value" in parsed) return parsed.value;
      context.issues.push({ code: "custom", message: parsed.fault, input: text });
      return z.NEVER;
    }),
  );
}

/** Any text that is not empty. */
export const text = z.string().check(z.minLength(1, "it must not be empty"));

/** A secret of at least 16 characters. */
export const secretText = z.string().check(
  z.minLength(16, "it must have at least 16 characters"),
);

/** A whole number within bounds, inclusive. */
export function integer(least: number, most: number): z.ZodMiniType<number, string> {
  return readBy((text) => {
    const value = Number(text);
    return /^-?\d+$/.test(text) && value >= least && value <= most
      ? { value }
      : { fault: `it must be a whole number from ${least} to ${most}` };
  });
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): z.ZodMiniType<T, string> {
  return readBy((text) => {
    const value = words.find((word) => word === text);
    const allowed = words.map((word) => `"${word}"`);
    const all = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
    return value === undefined ? { fault: `it must be ${all}` } : { value };
  });
}

/** Items separated by commas; empty text is no item. */
export const list: z.ZodMiniType<readonly string[], string> = listOf((value) => ({ value }));

/** Items separated by commas, each read by a function; the first fault counts. */
export function listOf<T>(
  parse: (item: string) => ValueOrFault<T>,
): z.ZodMiniType<readonly T[], string> {
  return readBy((text) => {
    const values: T[] = [];
    for (const item of text.split(",").map((each) => each.trim()).filter(Boolean)) {
      const parsed = parse(item);
      if ("fault" in parsed) return parsed;
      values.push(parsed.value);
    }
    return { value: values };
  });
}

/** `1`, `true`, `yes`, `on` and their opposites, in any case. */
export const toggle: z.ZodMiniType<boolean, string> = readBy((text) => {
  if (/^(1|true|yes|on)$/i.test(text)) return { value: true };
  if (/^(0|false|no|off)$/i.test(text)) return { value: false };
  return { fault: "it must be true or false" };
});

/** The first and the last port of a range, inclusive. */
export type PortRange = readonly [first: number, last: number];

/** Two ports `first-last`, inclusive, with room for at least `least` ports. */
export function portRange(
  least: number,
  fault: string,
): z.ZodMiniType<[first: number, last: number], string> {
  return readBy((text) => {
    const [, first = NaN, last = NaN] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number);
    if (Number.isNaN(first)) return { fault: 'it must be two ports, such as "50000-50100"' };
    if (first < 1 || first > last || last > 65_535) {
      return {
        fault: "the first port must not be above the last, and both must be 1 to 65535",
      };
    }
    return last - first + 1 < least ? { fault } : { value: [first, last] };
  });
}

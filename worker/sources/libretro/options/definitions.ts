/**
 * The forms in which a core declares its options (libretro.h): a text of "Name; default|other|…", and the structs of
 * versions 1 and 2, which add words for values, help, and categories. Pure, but for reading the core's memory.
 *
 * @module
 */
import type { Struct } from "../native.ts";

/** Most options of a core that are kept, and choices of one. */
export const MAX_OPTIONS = 512;
const MAX_CHOICES = 128;
/** Most characters of a name, a help text and a declaration that are read: a core is not to be trusted. */
const MAX_NAME = 200;
const MAX_HELP = 2_000;
const MAX_DECLARATION = 20_000;
/** By convention the name says so when a value counts only for a game that is loaded anew. */
const NEEDS_RESTART = /\brestart\b/i;

/** One option as its core declares it. */
export interface OptionDefinition {
  readonly name: string;
  readonly choices: readonly string[];
  /** The value of a core that was told nothing; absent: the first choice. */
  readonly usual?: string;
  /** What each choice is called, in the order of the choices. Absent: as it is written. */
  readonly labels?: readonly string[];
  readonly category?: string;
  readonly help?: string;
  /** A value counts only once the game is loaded anew. */
  readonly needsRestart: boolean;
}

/** An option with its key. */
export type KeyedDefinition = readonly [key: string, OptionDefinition];

/** Reads the first form, a text; one without choices has an empty first choice. */
export function parseDeclaration(key: string, declaration: string): OptionDefinition {
  const text = declaration.slice(0, MAX_DECLARATION);
  const end = text.indexOf(";");
  const choices = text.slice(end + 1).trim().split("|").slice(0, MAX_CHOICES);
  return { ...named(key, text.slice(0, Math.max(end, 0))), choices };
}

/** Reads an array of `retro_variable`, `{ key, declaration }`, which a null key ends. */
export function readDeclarations(array: Struct): KeyedDefinition[] {
  return readArray(array, 16, (at, key) => parseDeclaration(key, array.text(at + 8) ?? ""));
}

/** Reads an array of `retro_core_option_definition`. */
export function readDefinitions(array: Struct): KeyedDefinition[] {
  return readArray(array, 2_080, (at, key) => ({
    ...named(key, array.text(at + 8)),
    ...readValues(array, at + 24),
    ...helpOf(array.text(at + 16)),
  }));
}

/** Reads a `retro_core_options_v2`. */
export function readCategorised(options: Struct): KeyedDefinition[] {
  const [categories, array] = [options.struct(0), options.struct(8)];
  if (!array) return [];
  const titles = new Map(
    categories && readArray(categories, 24, (at) => categories.text(at + 8)?.slice(0, MAX_NAME)),
  );
  return readArray(array, 2_104, (at, key) => {
    const category = titles.get(array.text(at + 40) ?? "");
    const long = array.text(at + 8);
    // Below the heading of its category an option may have shorter words.
    const [name, help] = category
      ? [array.text(at + 16) || long, array.text(at + 32) || array.text(at + 24)]
      : [long, array.text(at + 24)];
    return {
      ...named(key, name, long),
      ...readValues(array, at + 48),
      ...helpOf(help),
      ...(category && { category }),
    };
  });
}

/** The elements of an array of structs of so many bytes, whose first pointer is the key; a null key ends it. */
function readArray<T>(
  array: Struct,
  size: number,
  read: (at: number, key: string) => T,
): (readonly [key: string, T])[] {
  const all: (readonly [string, T])[] = [];
  for (let i = 0; i < MAX_OPTIONS; i++) {
    const key = array.text(i * size);
    if (key === undefined) break;
    all.push([key, read(i * size, key)]);
  }
  return all;
}

/** Reads 128 `{ value, label }`, which a null value ends, and the pointer to the usual value behind them. */
function readValues(array: Struct, from: number): Pick<OptionDefinition, "choices" | "labels"> {
  const choices: string[] = [];
  const labels: string[] = [];
  for (let i = 0; i < MAX_CHOICES; i++) {
    const value = array.text(from + i * 16);
    if (value === undefined) break;
    choices.push(value);
    labels.push(array.text(from + i * 16 + 8)?.slice(0, MAX_NAME) || value);
  }
  const usual = array.text(from + MAX_CHOICES * 16);
  const hasLabels = labels.some((label, i) => label !== choices[i]);
  return { choices, ...(usual && { usual }), ...(hasLabels && { labels }) };
}

function named(key: string, name = "", longName = name) {
  return {
    name: name.trim().slice(0, MAX_NAME) || key.slice(0, MAX_NAME),
    needsRestart: [name, longName].some((each) => NEEDS_RESTART.test(each.slice(0, MAX_NAME))),
  };
}

function helpOf(help: string | undefined): Pick<OptionDefinition, "help"> {
  const line = help?.slice(0, MAX_HELP).replace(/\s+/g, " ").trim();
  return line ? { help: line } : {};
}

/**
 * The file `games.toml` in the games folder: titles, what is left out, and the core, its options and what the buttons
 * of a pad press, for each core and each game. A file that cannot be used is a fault with its line and what to do; the
 * settings before it stay.
 *
 * @module
 */
import { parse, TomlError } from "smol-toml";
import * as z from "zod/mini";
import { ButtonMap, PRESSED } from "../../protocol/control/button_map.ts";
import { BUTTONS } from "../../protocol/control/pad.ts";
import { MAX_SEATS } from "../../protocol/ids.ts";
import { plainText } from "../../protocol/plain_text.ts";

/** The file's name. */
export const GAMES_FILE = "games.toml";
/** Most characters of the file. */
export const MAX_GAMES_FILE = 256 * 1024;
/** Most characters of a fault. */
const MAX_FAULT = 200;

const Options = z.record(
  z.string().check(z.maxLength(100)),
  z.string().check(z.maxLength(200)),
);
const Word = z.string().check(z.minLength(1), z.maxLength(100));

const Schema = z.strictObject({
  ignore: z.optional(z.array(Word).check(z.maxLength(200))),
  cores: z.optional(z.record(
    z.string().check(z.maxLength(100)),
    z.strictObject({ options: z.optional(Options), buttons: z.optional(ButtonMap) }),
  )),
  games: z.optional(z.record(
    z.string().check(z.maxLength(400)),
    z.strictObject({
      title: z.optional(plainText(120).check(z.minLength(1))),
      core: z.optional(Word),
      seats: z.optional(z.int().check(z.gte(1), z.lte(MAX_SEATS))),
      options: z.optional(Options),
      buttons: z.optional(ButtonMap),
    }),
  )),
});

/** What the file says of one core. */
export interface CoreSettings {
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** What the buttons of a pad press. */
  readonly buttons?: ButtonMap | undefined;
}

/** What the file says of one game. */
export interface GameSettings extends CoreSettings {
  readonly title?: string | undefined;
  /** The core by its id, such as `mgba`. */
  readonly core?: string | undefined;
  /** How many people play it. */
  readonly seats?: number | undefined;
}

/** The settings of a library. */
export interface GamesSettings {
  /** A game whose path contains one of these words, in lower case, is left out. */
  readonly ignore: readonly string[];
  /** By the id of a core; that of the embedded NES is `jsnes`. */
  readonly cores: ReadonlyMap<string, CoreSettings>;
  /** By path below the games folder. */
  readonly games: ReadonlyMap<string, GameSettings>;
}

/** Those of a library without the file. */
export const NO_SETTINGS: GamesSettings = { ignore: [], cores: new Map(), games: new Map() };

/** Reads the file's text: its settings, or a sentence with the line of the fault. */
export function readGamesFile(
  text: string,
): { readonly settings: GamesSettings } | { readonly fault: string } {
  if (text.length > MAX_GAMES_FILE) {
    return { fault: `It has ${text.length} characters; at most ${MAX_GAMES_FILE} are read` };
  }
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    const why = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    const plain = why.replace(/^Invalid TOML document: /, "");
    return fault(line, `it is no TOML (${plain}). Correct this line`);
  }
  const read = Schema.safeParse(parsed);
  if (!read.success) {
    const { path, message, ...issue } = read.error.issues[0]!;
    const unknown = issue.code === "unrecognized_keys" && "keys" in issue
      ? issue.keys[0]
      : undefined;
    const keys = [...path, ...(unknown === undefined ? [] : [unknown])].map(String);
    return fault(lineOf(text, keys), whyNot(keys, { message, isUnknown: unknown !== undefined }));
  }
  const { ignore = [], cores = {}, games = {} } = read.data;
  return {
    settings: {
      ignore: ignore.map((word) => word.toLowerCase()),
      cores: new Map(Object.entries(cores)),
      games: new Map(Object.entries(games)),
    },
  };
}

/** Whether a game is left out. */
export function isIgnored(path: string, { ignore }: GamesSettings): boolean {
  const lower = path.toLowerCase();
  return ignore.some((word) => lower.includes(word));
}

/** The sentence about a key that cannot be used. */
function whyNot(
  keys: readonly string[],
  { message, isUnknown }: { readonly message: string; readonly isUnknown: boolean },
): string {
  const [, , setting, key] = keys;
  if (setting === "buttons" && key !== undefined) {
    return BUTTONS.some((button) => button === key)
      ? `the button "${key}" can press ${PRESSED.join(", ")}`
      : `"${key.slice(0, 20)}" is no button. Buttons are ${BUTTONS.join(", ")}`;
  }
  const name = keys.join(".");
  if (!isUnknown && keys.length === 3 && setting === "seats") {
    return `"${name}" is a whole number from 1 to ${MAX_SEATS}`;
  }
  return isUnknown
    ? `"${name}" is no setting. Remove it, or correct its name`
    : `"${name}" cannot be used: ${message}. Correct it`;
}

function fault(line: number, why: string): { readonly fault: string } {
  return { fault: `Line ${line}: ${why}`.slice(0, MAX_FAULT) };
}

/** The first line that has the last of the keys that stands in the text, after those before it. */
function lineOf(text: string, keys: readonly string[]): number {
  const lines = text.split("\n");
  let found = 0;
  for (const key of keys) {
    const later = (fits: (line: string) => boolean) =>
      lines.findIndex((line, n) => n >= found && fits(line));
    // A short key, such as that of a button, is part of many words.
    const assigned = later((line) => /^\s*["']?([^"'=]*?)["']?\s*=/.exec(line)?.[1] === key);
    const at = assigned >= 0 ? assigned : later((line) => line.includes(key));
    if (at >= 0) found = at;
  }
  return found + 1;
}

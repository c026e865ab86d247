/**
 * A process's settings from flags, environment and a TOML file: one table says what there is, every fault is
 * reported at once, and the result can be printed with its secrets masked.
 *
 * A setting `pingUrl` is `--ping-url` as a flag, `FARPAD_PING_URL` in the environment and `ping_url` in the file.
 * Flags win over the environment, the environment over the file, the file over the default.
 *
 * @module
 */
import { parse as parseToml } from "smol-toml";
import * as z from "zod/mini";

/** One setting: how its text is read, what it is when absent, what it means. */
export interface Setting<T> {
  readonly read: z.ZodMiniType<T, string>;
  /** Text used when nothing is given; absent: the value is `undefined`. */
  readonly initial?: string;
  /** One line for the documentation, with the unit. */
  readonly help: string;
  readonly secret?: true;
}
// deno-lint-ignore no-explicit-any -- a table holds settings of every type
type Table = Readonly<Record<string, Setting<any>>>;

/** The values of a table: without a default a setting may be `undefined`. */
export type SettingsOf<T extends Table> = {
  readonly [K in keyof T]: T[K] extends { initial: string } ? z.infer<T[K]["read"]>
    : z.infer<T[K]["read"]> | undefined;
};

export interface SettingSources {
  /** Command-line arguments: `--key value`, `--key=value`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The text of a TOML file. */
  readonly file?: string;
  /** What names in the environment begin with. */
  readonly prefix?: string;
}

const PREFIX = "FARPAD_";

export type ReadSettings<T extends Table> =
  | { readonly ok: true; readonly settings: SettingsOf<T> }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads a table's settings; the faults are sentences that name the setting and what was found. */
export function readSettings<T extends Table>(table: T, sources: SettingSources): ReadSettings<T> {
  const faults: string[] = [];
  const given = gather(table, sources, faults);
  const settings: Record<string, unknown> = {};
  for (const [key, { read, initial, secret }] of Object.entries(table)) {
    const text = given.get(key)?.text ?? initial;
    if (text === undefined) continue;
    const parsed = read.safeParse(text);
    if (parsed.success) settings[key] = parsed.data;
    else {
      const origin = given.get(key)?.origin ?? "its default";
      const found = secret ? "a secret value" : `"${text}"`;
      const why = parsed.error.issues.map(({ message }) => message).join(", ");
      const name = nameInEnv(key, sources.prefix);
      faults.push(`Cannot use ${name} = ${found} (from ${origin}): ${why}`);
    }
  }
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, settings: settings as SettingsOf<T> };
}

/** Settings as lines `NAME = value` with secrets masked, for the start of the log. */
export function describeSettings(
  table: Table,
  settings: Readonly<Record<string, unknown>>,
  { prefix = PREFIX } = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).filter(([key]) => settings[key] !== undefined).map((
      [key, { secret }],
    ) => [
      nameInEnv(key, prefix),
      secret ? "***" : String(settings[key]),
    ]),
  );
}

/** `pingUrl` → `FARPAD_PING_URL`. */
export function envName(key: string): string {
  return nameInEnv(key);
}

function nameInEnv(key: string, prefix = PREFIX): string {
  return `${prefix}${fileName(key).toUpperCase()}`;
}

function fileName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Any text that is not empty. */
export const text = z.string().check(z.minLength(1, "it must not be empty"));

/** A whole number within bounds, inclusive. */
export function integer(least: number, most: number) {
  const message = `it must be a whole number from ${least} to ${most}`;
  return z.pipe(
    z.string().check(z.regex(/^-?\d+$/, message)),
    z.pipe(z.transform(Number), z.int().check(z.gte(least, message), z.lte(most, message))),
  );
}

/** Items separated by commas; empty text is no item. */
export const list = z.pipe(
  z.string(),
  z.transform((value: string) => value.split(",").map((item) => item.trim()).filter(Boolean)),
);

/** `1`, `true`, `yes`, `on` and their opposites. */
export const toggle = z.pipe(
  z.string().check(z.regex(/^(1|0|true|false|yes|no|on|off)$/i, "it must be true or false")),
  z.transform((value: string) => /^(1|true|yes|on)$/i.test(value)),
);

/** Two ports `first-last`, inclusive. */
export const portRange = z.pipe(
  z.string().check(z.regex(/^\d{1,5}-\d{1,5}$/, 'it must be two ports, such as "50000-50100"')),
  z.pipe(
    z.transform((value: string) => value.split("-").map(Number) as [number, number]),
    z.custom<[number, number]>(
      (range) => isPortRange(range as [number, number]),
      "the first port must not be above the last, and both must be 1 to 65535",
    ),
  ),
);

function isPortRange([first, last]: readonly [number, number]): boolean {
  return first >= 1 && first <= last && last <= 65_535;
}

type Given = Map<string, { readonly text: string; readonly origin: string }>;

function gather(
  table: Table,
  { flags = [], env = {}, file, prefix }: SettingSources,
  faults: string[],
) {
  const given: Given = new Map();
  const byFile = new Map(Object.keys(table).map((key) => [fileName(key), key]));
  for (const [name, value] of Object.entries(fileEntries(file, faults))) {
    const key = byFile.get(name);
    if (!key) faults.push(`Unknown setting "${name}" in the configuration file`);
    else {given.set(key, {
        text: Array.isArray(value) ? value.join(",") : String(value),
        origin: "the file",
      });}
  }
  for (const key of Object.keys(table)) {
    const value = env[nameInEnv(key, prefix)];
    if (value !== undefined && value !== "") {
      given.set(key, { text: value, origin: "the environment" });
    }
  }
  for (let at = 0; at < flags.length; at++) {
    const argument = flags[at]!;
    const [flag, inline] = splitFlag(argument);
    const key = flag && byFile.get(flag.replaceAll("-", "_"));
    const value = inline ?? flags[at + 1];
    if (!key || value === undefined) {
      faults.push(`Cannot read the argument "${argument}"`);
      continue;
    }
    if (inline === undefined) at += 1;
    given.set(key, { text: value, origin: "a flag" });
  }
  return given;
}

function fileEntries(file: string | undefined, faults: string[]): Record<string, unknown> {
  if (file === undefined) return {};
  try {
    return parseToml(file);
  } catch (error) {
    faults.push(
      `Cannot read the configuration file: ${error instanceof Error ? error.message : error}`,
    );
    return {};
  }
}

function splitFlag(argument: string): [string | undefined, string | undefined] {
  const match = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(argument);
  return [match?.[1], match?.[2]];
}

/**
 * Reads the settings of a process once, from flags, environment and a TOML file, and reports every fault at once.
 *
 * Flags win over the environment, the environment over the file, the file over the default. The file is the one
 * that `--config` or `FARPAD_CONFIG` names. Several processes may share a file, a shell or a command line:
 * names of another process are skipped, and names of no process are faults.
 *
 * @module
 */
import { parse as parseToml } from "smol-toml";
import { errorText } from "../error_text.ts";
import {
  envName,
  fileName,
  flagName,
  PREFIX,
  type SettingsOf,
  type SettingTable,
} from "./table.ts";

/** The sources of settings. */
export interface SettingSources {
  /** Command-line arguments: `--key value`, `--key=value`, for a toggle also `--key`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Reads a configuration file; a throw is a fault. */
  readonly readFile?: (path: string) => string;
  /** Path of the file that is read when none is named; it may be absent. */
  readonly defaultFile?: string;
  /** The prefix of names in the environment. */
  readonly prefix?: string;
  /** Keys of other processes, which flags and file may hold. */
  readonly others?: SettingTable;
}

/** The source of a value, in words. */
export interface GivenValue {
  readonly text: string;
  readonly origin: string;
}

/** The settings, or every fault that was found. */
export type ReadSettings<T extends SettingTable> =
  | {
    readonly ok: true;
    readonly settings: SettingsOf<T>;
    /** The given texts by key, unchanged. */
    readonly given: ReadonlyMap<string, GivenValue>;
    /** `NAME` → value as it is written in the documentation, secrets masked, for the start of the log. */
    readonly shown: Readonly<Record<string, string>>;
  }
  | {
    readonly ok: false;
    /** Sentences that name the setting, its source, the text found and the texts allowed. */
    readonly faults: readonly string[];
    /** The given texts by key, unchanged. */
    readonly given: ReadonlyMap<string, GivenValue>;
  };

/** Reads a table's settings from all sources. */
export function readSettings<T extends SettingTable>(
  table: T,
  sources: SettingSources,
): ReadSettings<T> {
  const { prefix = PREFIX } = sources;
  const { given, faults } = gather(table, sources);
  const settings: Record<string, unknown> = {};
  const shown: Record<string, string> = {};
  for (const [key, { read, initial, secret }] of Object.entries(table)) {
    const value = given.get(key);
    const text = value?.text ?? initial;
    if (text === undefined) continue;
    const name = envName(key, prefix);
    const parsed = read.safeParse(text);
    if (parsed.success) {
      settings[key] = parsed.data;
      shown[name] = secret ? "***" : text;
    } else {
      const found = secret ? "a secret value" : `"${text}"`;
      const why = parsed.error.issues.map(({ message }) => message).join(", ");
      faults.push(`Cannot use ${name} = ${found} (from ${value?.origin ?? "its default"}): ${why}`);
    }
  }
  return faults.length > 0
    ? { ok: false, faults, given }
    : { ok: true, settings: settings as SettingsOf<T>, given, shown };
}

/** Names in the environment that have the prefix and belong to no setting, probably typing mistakes. */
export function unknownVariables(
  tables: SettingTable,
  env: Readonly<Record<string, string>>,
): string[] {
  const known = new Set([...Object.keys(tables).map((key) => envName(key)), `${PREFIX}CONFIG`]);
  return Object.keys(env).filter((name) =>
    name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}AGENT_`) && !known.has(name)
  );
}

interface Gathered {
  readonly given: Map<string, GivenValue>;
  readonly faults: string[];
}

function gather(table: SettingTable, sources: SettingSources): Gathered {
  const { env = {}, prefix = PREFIX } = sources;
  const given = new Map<string, GivenValue>();
  const faults: string[] = [];
  const flags = readFlags(table, sources, faults);
  for (const [key, value] of readFile(table, sources, { named: flags.get("config"), faults })) {
    given.set(key, value);
  }
  for (const key of Object.keys(table)) {
    const text = env[envName(key, prefix)];
    // Compose files and unit files write an empty text for a variable that is not set.
    if (text !== undefined && text !== "") given.set(key, { text, origin: "the environment" });
  }
  for (const [key, value] of flags) if (Object.hasOwn(table, key)) given.set(key, value);
  return { given, faults };
}

/** The flags by key; `config` among them. */
function readFlags(
  table: SettingTable,
  { flags = [], others = {} }: SettingSources,
  faults: string[],
): ReadonlyMap<string, GivenValue> {
  const keys = new Map([...Object.keys({ ...others, ...table }), "config"].map((key) => [
    flagName(key),
    key,
  ]));
  const found = new Map<string, GivenValue>();
  for (let at = 0; at < flags.length; at++) {
    const argument = flags[at]!;
    const [, name = "", inline] = /^(--[a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const key = keys.get(name);
    if (key === undefined) {
      faults.push(`Cannot use the argument "${argument}": it names no setting`);
      continue;
    }
    const next = flags[at + 1];
    const isAlone = next === undefined || next.startsWith("--");
    const { toggle } = { ...others[key], ...table[key] };
    const text = inline ?? (isAlone ? toggle && "true" : next);
    if (text === undefined) faults.push(`Cannot use the flag ${name}: no value follows it`);
    else found.set(key, { text, origin: `the flag ${name}` });
    if (inline === undefined && !isAlone) at += 1;
  }
  return found;
}

/** The settings of the file by key. */
function readFile(
  table: SettingTable,
  sources: SettingSources,
  { named, faults }: { readonly named: GivenValue | undefined; readonly faults: string[] },
): ReadonlyMap<string, GivenValue> {
  const { env = {}, prefix = PREFIX, others = {}, defaultFile } = sources;
  const found = new Map<string, GivenValue>();
  const inEnv = env[`${prefix}CONFIG`] || undefined;
  const path = named?.text ?? inEnv ?? defaultFile;
  if (path === undefined) return found;
  let entries: Record<string, unknown>;
  try {
    entries = parseToml(sources.readFile?.(path) ?? "");
  } catch (error) {
    const isNamed = named !== undefined || inEnv !== undefined;
    if (!isNamed && isAbsent(error)) return found;
    const origin = named?.origin ?? (inEnv === undefined ? "its default" : `${prefix}CONFIG`);
    const [why] = errorText(error).split("\n");
    faults.push(`Cannot read the configuration file ${path} (from ${origin}): ${why}`);
    return found;
  }
  const keys = new Map(Object.keys({ ...others, ...table }).map((key) => [fileName(key), key]));
  for (const [name, value] of Object.entries(entries)) {
    const key = keys.get(name);
    const text = textOf(value);
    if (key === undefined) faults.push(`Cannot use "${name}" in ${path}: it names no setting`);
    else if (text === undefined) {
      const allowed = "it must be text, a number, true, false or a list of these";
      faults.push(`Cannot use "${name}" in ${path}: ${allowed}`);
    } else if (Object.hasOwn(table, key)) found.set(key, { text, origin: `"${name}" in ${path}` });
  }
  return found;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A TOML value as the text of a flag; `undefined` for a table or a date. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map(textOf);
    return items.includes(undefined) ? undefined : items.join(",");
  }
  return ["string", "number", "boolean", "bigint"].includes(typeof value)
    ? String(value)
    : undefined;
}

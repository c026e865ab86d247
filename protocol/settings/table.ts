/**
 * A table of settings and the three names of each: `pingUrl` is `--ping-url` as a flag, `FARPAD_PING_URL` in the
 * environment and `ping_url` in a TOML file.
 *
 * @module
 */
import type * as z from "zod/mini";

/** One setting: how its text is read, its default, its meaning. */
export interface Setting<T> {
  /** Reads the text. Its issues complete a sentence: "it must be …". */
  readonly read: z.ZodMiniType<T, string>;
  /** Text used when nothing is given; absent: the value is `undefined`. */
  readonly initial?: string;
  /** One line for the documentation, with the unit. */
  readonly help: string;
  /** Its value is neither logged nor repeated in a fault. */
  readonly secret?: true;
  /** As a flag it needs no value: `--demo` is `--demo=true`. */
  readonly toggle?: true;
}

/** The settings of one process by key, in the order of the documentation. */
/** Settings of one process, by key. */
// deno-lint-ignore no-explicit-any -- a table holds settings of every type
export type SettingTable = Readonly<Record<string, Setting<any>>>;

/** The values of a table: without a default a setting may be `undefined`. */
export type SettingsOf<T extends SettingTable> = {
  readonly [K in keyof T]: T[K] extends { initial: string } ? z.infer<T[K]["read"]>
    : z.infer<T[K]["read"]> | undefined;
};

/** The prefix of names in the environment. */
export const PREFIX = "FARPAD_";

/** `pingUrl` → `FARPAD_PING_URL`. */
export function envName(key: string, prefix: string = PREFIX): string {
  return `${prefix}${fileName(key).toUpperCase()}`;
}

/** `pingUrl` → `ping_url`. */
export function fileName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `pingUrl` → `--ping-url`. */
export function flagName(key: string): string {
  return `--${fileName(key).replaceAll("_", "-")}`;
}

/** The environment's names of the settings that are secret. */
export function secretVariables(table: SettingTable, prefix: string = PREFIX): string[] {
  return Object.entries(table)
    .filter(([, { secret }]) => secret)
    .map(([key]) => envName(key, prefix));
}

/**
 * Settings of a device's agent that operators push by version. They replace the box's own settings of the same name,
 * within limits that stay the box's own. Which ones may be pushed is this closed list: none names a program, a file, an
 * address or a key.
 *
 * @module
 */
import * as z from "zod/mini";

/** A setting as it is written in the box's file. */
const Value = z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(1000)));

/** Values by name. A name that is absent stays as on the box. */
export const PushedValues = z.strictObject({
  input_patience: Value,
  failsafe_silence: Value,
  actuator_outputs: Value,
  simulated_car: Value,
  log_level: Value,
});
export type PushedValues = z.infer<typeof PushedValues>;
/** The name of a setting that may be pushed. */
export type PushedName = keyof PushedValues;
/** All names, in the order of the documentation. */
export const PUSHED_NAMES = Object.keys(PushedValues.shape) as readonly PushedName[];

/** Counts up from 1 for each sender; 0 is the box's own settings. */
export const SettingsVersion = z.int().check(z.gte(0));

/** A version of the settings, as a device takes it. */
export const SettingsPush = z.object({
  version: SettingsVersion.check(z.gte(1)),
  values: PushedValues,
  /** Whether the restart that it takes may interrupt a stream. */
  while_streaming: z._default(z.boolean(), false),
});
export type SettingsPush = z.infer<typeof SettingsPush>;

/** What a device reports of its settings. */
export const SettingsReport = z.object({
  /** The version in force. */
  version: SettingsVersion,
  /** It is not kept yet: the device has to be online with it for a while. */
  on_trial: z.optional(z.literal(true)),
  /** The newest version that the device took back, and why, as a sentence. */
  rolled_back: z.optional(z.object({
    version: SettingsVersion,
    reason: z.string().check(z.maxLength(400)),
  })),
  /** The box's own values. */
  own: PushedValues,
});
export type SettingsReport = z.infer<typeof SettingsReport>;

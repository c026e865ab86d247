/**
 * The settings that operators push to a device, in words. Pure.
 *
 * @module
 */
import {
  PUSHED_NAMES,
  type PushedName,
  type PushedValues,
} from "../../../protocol/field/pushed_settings.ts";
import type { DeviceSettings, DeviceSettingsVersion } from "../../../protocol/rest/devices.ts";
import type { Wording } from "../model/words.ts";

/** The label of each setting, and what may be entered. */
export const FIELDS: Readonly<
  Record<PushedName, { readonly label: string; readonly hint: string }>
> = {
  input_patience: {
    label: "Wait for a lost camera",
    hint: "Seconds in which a camera or file that is lost is opened again.",
  },
  failsafe_silence: {
    label: "Failsafe silence",
    hint: "Milliseconds without control until the vehicle is neutral; at most the box's own.",
  },
  actuator_outputs: {
    label: "Outputs of the actuator",
    hint: "Such as steering 0 expo=20 trim=-15, throttle 1; within the box's own limits.",
  },
  simulated_car: { label: "Simulated car", hint: "on or off." },
  log_level: { label: "Log level", hint: "debug, info, warn or error." },
};

/** What stands in the way of the wanted version, as far as the dashboard knows. */
export interface Circumstances {
  readonly online: boolean;
  readonly streaming: boolean;
}

/** The state of the wanted version. */
export function wantedWording(
  { versions: [wanted], report }: DeviceSettings,
  { online, streaming }: Circumstances,
): Wording {
  if (!wanted) return { tone: "off", word: "The box's own settings" };
  const { version, outcome, while_streaming } = wanted;
  const name = `Version ${version}`;
  if (outcome?.state === "refused" || outcome?.state === "rolled_back") {
    const what = outcome.state === "refused" ? "was refused" : "was taken back";
    return { tone: "attention", word: `${name} ${what}` };
  }
  if (!online) return { tone: "off", word: `${name} is sent when the device is online` };
  if (!report) return { tone: "attention", word: "This agent takes no settings from here" };
  if (report.version === version) {
    return report.on_trial
      ? { tone: "attention", word: `${name} is on trial` }
      : { tone: "live", word: `${name} is in force` };
  }
  if (report.on_trial) {
    return {
      tone: "attention",
      word: `${name} is sent after the trial of version ${report.version}`,
    };
  }
  return streaming && !while_streaming
    ? { tone: "attention", word: `${name} is sent once the stream has ended` }
    : { tone: "attention", word: `${name} is being sent` };
}

/** The version in force, as the device reported it: `Version 3`, `The box's own settings`. */
export function inForceWords({ report }: DeviceSettings): string {
  if (!report) return "Not reported";
  return report.version === 0 ? "The box's own settings" : `Version ${report.version}`;
}

/** What became of an older or newer version, in a word or two. */
export function outcomeWords({ outcome }: DeviceSettingsVersion): string {
  switch (outcome?.state) {
    case undefined:
      return "Not taken";
    case "taken":
      return "Kept";
    case "refused":
      return "Refused";
    case "rolled_back":
      return "Taken back";
  }
}

/** The values of a version: `Log level debug`. */
export function valuesText(values: PushedValues): string {
  const parts = PUSHED_NAMES.flatMap((name) =>
    values[name] === undefined ? [] : [`${FIELDS[name].label} ${values[name]}`]
  );
  return parts.length === 0 ? "The box's own settings" : parts.join(", ");
}

/** The version that one press goes back to: the newest kept one before the wanted one. */
export function versionBefore(
  { versions: [, ...older] }: DeviceSettings,
): DeviceSettingsVersion | undefined {
  return older.find(({ outcome }) => outcome?.state === "taken");
}

/** The values of a form; an empty field leaves the box's own value. */
export function valuesOf(draft: Readonly<Record<PushedName, string>>): PushedValues {
  return Object.fromEntries(
    PUSHED_NAMES.flatMap((name) => draft[name].trim() === "" ? [] : [[name, draft[name].trim()]]),
  ) as PushedValues;
}

/** Why a version was refused or taken back, as a sentence. */
export function reasonSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

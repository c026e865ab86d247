/**
 * Pushed values over the box's own settings. The box's own settings are the limits: no output of an actuator is added or
 * gets wider or faster, and no silence gets longer. Pure.
 *
 * @module
 */
import {
  PUSHED_NAMES,
  type PushedName,
  type PushedValues,
} from "../../protocol/field/pushed_settings.ts";
import { fileName } from "../../protocol/settings/table.ts";
import type { OutputConfig } from "../actuators/outputs.ts";
import { AGENT_SETTINGS, type AgentSettings } from "../config.ts";

/** The settings with the pushed values, or a sentence for each value that cannot be used. */
export type AppliedValues =
  | { readonly ok: true; readonly settings: AgentSettings }
  | { readonly ok: false; readonly faults: readonly string[] };

const KEYS = Object.fromEntries(
  Object.keys(AGENT_SETTINGS).map((key) => [fileName(key), key]),
) as Readonly<Record<string, keyof AgentSettings>>;

/** Puts values over the box's own settings. */
export function applyValues(own: AgentSettings, values: PushedValues): AppliedValues {
  const settings: Record<string, unknown> = { ...own };
  const faults: string[] = [];
  for (const name of PUSHED_NAMES) {
    const text = values[name];
    if (text === undefined) continue;
    const key = KEYS[name]!;
    const read = AGENT_SETTINGS[key].read.safeParse(text);
    const fault = read.success
      ? beyondOwn(name, read.data, own)
      : read.error.issues.map(({ message }) => message).join(", ");
    if (fault === undefined && read.success) settings[key] = read.data;
    else faults.push(`${name} = "${text}": ${fault}`);
  }
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, settings: settings as unknown as AgentSettings };
}

/** The box's own values of the settings that may be pushed, as they are written in its file. */
export function ownValues(
  given: ReadonlyMap<string, { readonly text: string }>,
): PushedValues {
  return Object.fromEntries(PUSHED_NAMES.flatMap((name) => {
    const key = KEYS[name]!;
    const { initial } = AGENT_SETTINGS[key] as { readonly initial?: string };
    const text = given.get(key)?.text ?? initial;
    return text === undefined ? [] : [[name, text]];
  })) as PushedValues;
}

/** Why a value is beyond the box's own limits. */
function beyondOwn(name: PushedName, value: unknown, own: AgentSettings): string | undefined {
  switch (name) {
    case "failsafe_silence":
      return (value as number) > own.failsafeSilence
        ? `it must not be above the box's own ${own.failsafeSilence} ms`
        : undefined;
    case "actuator_outputs":
      return (value as readonly OutputConfig[]).map((each) => outputBeyond(each, own))
        .find((fault) => fault !== undefined);
    default:
      return undefined;
  }
}

function outputBeyond(
  { output, min, max, rate }: OutputConfig,
  { actuatorOutputs }: AgentSettings,
): string | undefined {
  const limit = actuatorOutputs.find((each) => each.output === output);
  if (!limit) return `output ${output} is none of the box's own`;
  if (min < limit.min || max > limit.max) {
    return `output ${output} must stay within the box's own ${limit.min} to ${limit.max} µs`;
  }
  if (limit.rate !== undefined && (rate === undefined || rate > limit.rate)) {
    return `output ${output} must not be faster than the box's own rate ${limit.rate}`;
  }
  return undefined;
}

/**
 * The settings that a running stream can change without a restart. An update is applied as a whole or not at all.
 *
 * @module
 */
import type { SchedulerRules } from "../../media/links/rist/scheduler.ts";
import { isRule, readRules } from "../../media/links/rist/scheduler_rules.ts";
import type { ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { EncoderConfig } from "../../protocol/field/device.ts";

/** Encoder fields that take effect at the next picture. */
const HOT = ["bitrate_kbps", "min_bitrate_kbps", "max_bitrate_kbps", "keyint_max"] as const;
/** Why a field cannot change while the stream runs. */
const COLD: Readonly<Record<string, string>> = {
  "encoder.codec": "the codec is chosen when a stream starts",
  "encoder.tune": "the encoder always runs tuned for latency",
  "scheduler.discard_deadline_ms": "the link's latency is agreed on when it is opened",
};

/** The settings after an update with the names of the changed fields, or the refusal. */
export type UpdatePlan =
  | {
    readonly encoder: EncoderConfig;
    /** How a bonded link spreads packets. */
    readonly rules?: SchedulerRules | undefined;
    readonly applied: readonly string[];
  }
  | { readonly refusal: Refusal };

/** Checks an update against the settings now in force, without applying it. `rules`: of a bonded link. */
export function planUpdate(
  update: ConfigUpdate,
  encoder: EncoderConfig,
  rules?: SchedulerRules,
): UpdatePlan {
  const spread = rules && readRules(update.scheduler ?? {}, rules);
  const wished = [
    ...Object.entries(update.encoder ?? {}).map(([key, value]) =>
      ["encoder", key, value, encoder[key as keyof EncoderConfig]] as const
    ),
    ...Object.entries(update.scheduler ?? {}).map(([key, value]) =>
      ["scheduler", key, value, undefined] as const
    ),
  ].filter(([, , value]) => value !== undefined);
  const isHot = (part: string, key: string) =>
    part === "encoder" ? HOT.some((name) => name === key) : rules !== undefined && isRule(key);
  const cold = wished.filter(([part, key, value, now]) => !isHot(part, key) && value !== now);
  if (cold.length > 0) {
    const faults = cold.map(([part, key]) => {
      const name = `${part}.${key}`;
      const why = rules ? "it is not known" : "a single SRT path has nothing to schedule";
      return `${name}: ${COLD[name] ?? why}`;
    });
    const message = `Cannot change while the stream runs: ${faults.join("; ")}. ` +
      "Stop the stream and start it with the new settings";
    return { refusal: { code: "config.not_hot", message: message.slice(0, 1000) } };
  }
  return {
    encoder: HOT.reduce((settings, name) => {
      const value = update.encoder?.[name];
      return value === undefined ? settings : { ...settings, [name]: value };
    }, encoder),
    ...(spread && !("error" in spread) && { rules: spread }),
    applied: wished.map(([part, key]) => `${part}.${key}`),
  };
}

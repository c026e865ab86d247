/**
 * Settings that can change while a stream runs. A request holds only the fields that differ: a device that cannot
 * change one of the others then does not refuse it.
 *
 * @module
 */
import type { ConfigUpdate } from "../../../protocol/legs/agent_leg.ts";
import type { EncoderConfig } from "../../../protocol/field/device.ts";

/** The values of the form for a running stream; rates in kbit/s, an empty field is `undefined`. */
export interface HotDraft {
  readonly bitrateKbps: number | undefined;
  readonly minKbps: number | undefined;
  readonly maxKbps: number | undefined;
  readonly keyintMax: number | undefined;
  /** How much of the spare room of a bonded link second copies take, in percent; absent leaves it as it is. */
  readonly sparePercent: number | undefined;
}

/** The form filled with the settings that the encoder runs with. */
export function draftOf(encoder: EncoderConfig): HotDraft {
  return {
    bitrateKbps: encoder.bitrate_kbps,
    minKbps: encoder.min_bitrate_kbps,
    maxKbps: encoder.max_bitrate_kbps,
    keyintMax: encoder.keyint_max,
    sparePercent: undefined,
  };
}

/** The fields to change; `undefined` when none differs. */
export function hotUpdate(draft: HotDraft, encoder: EncoderConfig): ConfigUpdate | undefined {
  const before = draftOf(encoder);
  const { bitrateKbps, minKbps, maxKbps, keyintMax, sparePercent } = draft;
  const changed = {
    ...(bitrateKbps !== before.bitrateKbps ? { bitrate_kbps: bitrateKbps } : {}),
    ...(minKbps !== before.minKbps ? { min_bitrate_kbps: minKbps } : {}),
    ...(maxKbps !== before.maxKbps ? { max_bitrate_kbps: maxKbps } : {}),
    ...(keyintMax !== before.keyintMax ? { keyint_max: keyintMax } : {}),
  };
  const asked = Object.entries(changed).filter(([, value]) => value !== undefined);
  if (asked.length === 0 && sparePercent === undefined) return undefined;
  return {
    ...(asked.length > 0 ? { encoder: Object.fromEntries(asked) } : {}),
    ...(sparePercent === undefined
      ? {}
      : { scheduler: { redundancy_spare_ratio: sparePercent / 100 } }),
  };
}

const NAMES: Readonly<Record<string, string>> = {
  "encoder.bitrate_kbps": "bitrate",
  "encoder.min_bitrate_kbps": "minimum",
  "encoder.max_bitrate_kbps": "maximum",
  "encoder.keyint_max": "keyframes",
  "scheduler.redundancy_spare_ratio": "second copies",
};

/** `bitrate, keyframes`: the fields that a device changed, in words. */
export function appliedWords(applied: readonly string[]): string {
  return applied.map((field) => NAMES[field] ?? field).join(", ");
}

/**
 * A preset as the choices of the form that starts a stream, for one device: what the device does not have stays as it
 * was and is named. Pure.
 *
 * @module
 */
import { publicRtsp } from "../../../protocol/addresses/rtsp.ts";
import type { SourceConfig } from "../../../protocol/field/device.ts";
import type { PresetStart } from "../../../protocol/rest/presets.ts";
import type { Status } from "../model/fleet_state.ts";
import { firstDraft, linkChoices, sourceChoices, type StartDraft } from "../model/start_form.ts";
import { sourceName } from "../model/words.ts";

/** The choices of a preset, and the names of what this device does not have. */
export interface FromPreset {
  readonly draft: StartDraft;
  readonly missing: readonly string[];
}

/** The choices of a preset on the device that reported `status`. */
export function draftFrom(start: PresetStart, status: Status): FromPreset {
  const first = firstDraft(status);
  const source = sourceChoices(status).find((choice) =>
    !choice.unusable && isSame(choice.source, start.source)
  );
  const wanted = (start.links ?? []).flatMap(({ interface: name }) => name ?? []);
  const usable = linkChoices(status).filter(({ unusable }) => !unusable).map(({ name }) => name);
  const links = wanted.filter((name) => usable.includes(name));
  const { platform_dest: to = [], encoder, scheduler } = start;
  return {
    draft: {
      ...(source ? { sourceKey: source.key, mode: modeOf(source.modes, start.source) } : {
        sourceKey: first.sourceKey,
        mode: first.mode,
      }),
      bitrateKbps: encoder.bitrate_kbps,
      minKbps: encoder.min_bitrate_kbps,
      maxKbps: encoder.max_bitrate_kbps,
      latencyMs: scheduler?.discard_deadline_ms,
      links: wanted.length > 0 && links.length === 0 ? first.links : links,
      destinations: typeof to === "string" ? [to] : to,
      workerId: start.worker_id,
      keepLive: start.keep_live ?? false,
    },
    missing: [
      ...(source ? [] : [sourceName(start.source)]),
      ...wanted.filter((name) => !usable.includes(name)),
    ],
  };
}

/** Whether two sources are the same input; sizes and rates are chosen apart, and a password is not kept. */
function isSame(one: SourceConfig, other: SourceConfig): boolean {
  return inputOf(one) === inputOf(other);
}

function inputOf(source: SourceConfig): string {
  switch (source.mode) {
    case "v4l2":
      return `v4l2 ${source.device}`;
    case "rtsp":
      return `rtsp ${publicRtsp(source.uri)}`;
    case "file":
      return `file ${source.path}`;
    default:
      return source.mode;
  }
}

function modeOf(
  modes: readonly { readonly resolution: string; readonly framerate: number }[],
  { resolution, framerate }: Pick<SourceConfig, "resolution" | "framerate">,
): number | undefined {
  if (modes.length === 0) return undefined;
  const same = modes.findIndex((mode) =>
    mode.resolution === resolution && mode.framerate === framerate
  );
  return Math.max(0, same);
}

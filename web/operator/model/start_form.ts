/**
 * The choices for a start: only sources, sizes and links that the device reported. The chosen values become the body
 * of the request.
 *
 * @module
 */
import type * as z from "zod/mini";
import type { NetworkInterface, SourceConfig } from "../../../protocol/field/device.ts";
import type { DestinationId, WorkerId } from "../../../protocol/ids.ts";
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { StartStream } from "../../../protocol/rest/senders.ts";
import type { Status } from "./fleet_state.ts";
import { formatDbm, formatMegabytes, formatRunning } from "./format.ts";

/** The body of the request that starts a stream. */
export type StartBody = z.input<typeof StartStream>;

/** A size and rate that a source offers. */
export interface Mode {
  readonly resolution: string;
  readonly framerate: number;
}

/** A source that the form offers, with its sizes and frame rates. */
export interface SourceChoice {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly modes: readonly Mode[];
  /** The reason that it cannot be used now, as a sentence. */
  readonly unusable?: string;
  readonly source: SourceConfig;
}

/** A network interface that the form offers; `unusable` says why it cannot be used now. */
export interface LinkChoice {
  readonly name: string;
  readonly detail: string;
  readonly unusable?: string;
}

/** Sources in the order a person looks for them: cameras, network cameras, files, the simulated car, then the test pattern. */
export function sourceChoices({ media_inputs, saved_media }: Status): readonly SourceChoice[] {
  const inputs = media_inputs.flatMap((input) => {
    const source = sourceOf(input);
    if (!source) return [];
    const label = input.label || input.device;
    const unusable = input.status === "in_use"
      ? "Something else on the device uses it"
      : input.status === "error"
      ? "The device reports an error on it"
      : undefined;
    return [{
      key: `${input.type}:${input.device}`,
      label,
      detail: detailOf(input),
      modes: input.capabilities.flatMap(readMode),
      ...(unusable ? { unusable } : {}),
      source,
    }];
  });
  const files = saved_media.map(({ path, name, size_mb, duration_s }) => ({
    key: `file:${path}`,
    label: name,
    detail: [
      formatMegabytes(size_mb),
      ...(typeof duration_s === "number" ? [formatRunning(duration_s * 1000)] : []),
    ].join(", "),
    modes: [],
    source: { mode: "file" as const, path, loop: true },
  }));
  const order = ["v4l2", "rtsp", "file", "car", "test"];
  return [...inputs, ...files].toSorted((a, b) =>
    order.indexOf(a.source.mode) - order.indexOf(b.source.mode)
  );
}

function detailOf({ type, device, label }: Status["media_inputs"][number]): string {
  if (type === "car") return "Moves by the control of the driver, where no vehicle is";
  return type === "test" || label === device ? "" : device;
}

function sourceOf({ type, device }: Status["media_inputs"][number]): SourceConfig | undefined {
  switch (type) {
    case "v4l2":
      return device.startsWith("/dev/") ? { mode: "v4l2", device } : undefined;
    case "rtsp":
      return /^rtsps?:\/\//.test(device) ? { mode: "rtsp", uri: device } : undefined;
    case "file":
      return { mode: "file", path: device, loop: true };
    case "test":
      return { mode: "test" };
    case "car":
      return { mode: "car" };
  }
}

/** `1920x1080@30`; other forms are no mode. */
function readMode(text: string): Mode[] {
  const found = /^(\d{2,5}x\d{2,5})@(\d+(?:\.\d+)?)$/.exec(text);
  return found?.[1] && found[2] ? [{ resolution: found[1], framerate: Number(found[2]) }] : [];
}

/** The interfaces. One without a connection or a route out has the reason that it cannot carry a stream. */
export function linkChoices({ network_interfaces }: Status): readonly LinkChoice[] {
  return network_interfaces.filter(({ name }) => name !== "lo").map((link) => {
    const unusable = linkFault(link);
    return {
      name: link.name,
      detail: linkDetail(link),
      ...(unusable ? { unusable } : {}),
    };
  });
}

function linkFault({ state, has_default_route }: NetworkInterface): string | undefined {
  if (state === "connecting") return "Connecting";
  if (state === "error") return "The device reports an error on it";
  if (state === "disconnected") return "Not connected";
  return has_default_route === false ? "No route to the internet" : undefined;
}

function linkDetail(link: NetworkInterface): string {
  const parts = [link.carrier, link.technology, link.type === "other" ? undefined : link.type];
  const shown = parts.find((part) => typeof part === "string" && part !== "");
  const signal = typeof link.signal_dbm === "number" ? formatDbm(link.signal_dbm) : undefined;
  return [shown, signal].filter(Boolean).join(", ");
}

/** The values of the form that starts a stream; rates in kbit/s. */
export interface StartDraft {
  readonly sourceKey: string;
  /** Index of the source's mode; absent when it has none. */
  readonly mode: number | undefined;
  readonly bitrateKbps: number;
  readonly minKbps: number | undefined;
  readonly maxKbps: number | undefined;
  /** How long the link waits for a late packet, in milliseconds; `undefined`: the usual time. */
  readonly latencyMs: number | undefined;
  /** Names of interfaces; none leaves the choice to the device. */
  readonly links: readonly string[];
  readonly destinations: readonly DestinationId[];
  /** The worker that receives it; `undefined`: any. */
  readonly workerId: WorkerId | undefined;
  /** Whether the stream is started again after every end. */
  readonly keepLive: boolean;
}

const USUAL_KBPS = 5_000;

/** The first choice: the first usable source and every usable link. */
export function firstDraft(status: Status): StartDraft {
  const sources = sourceChoices(status);
  const source = sources.find(({ unusable }) => !unusable);
  return {
    sourceKey: source?.key ?? "",
    mode: source && source.modes.length > 0 ? 0 : undefined,
    bitrateKbps: USUAL_KBPS,
    minKbps: undefined,
    maxKbps: undefined,
    latencyMs: undefined,
    links: linkChoices(status).filter(({ unusable }) => !unusable).map(({ name }) => name),
    destinations: [],
    workerId: undefined,
    keepLive: false,
  };
}

/** The body of the request, or the fault of the choice. */
export function startBody(
  draft: StartDraft,
  status: Status,
): StartBody | { readonly fault: string } {
  const choice = sourceChoices(status).find(({ key }) => key === draft.sourceKey);
  if (!choice) return { fault: "Choose a source. The one that was chosen is not there any more." };
  if (choice.unusable) {
    return { fault: `Choose another source than ${choice.label}. ${choice.unusable}.` };
  }
  const fault = bitrateFault(draft) ?? latencyFault(draft);
  if (fault) return { fault };
  const mode = draft.mode === undefined ? undefined : choice.modes[draft.mode];
  const { bitrateKbps, minKbps, maxKbps, latencyMs, links, destinations, workerId, keepLive } =
    draft;
  return {
    source: { ...choice.source, ...mode },
    encoder: {
      bitrate_kbps: bitrateKbps,
      ...(minKbps === undefined ? {} : { min_bitrate_kbps: minKbps }),
      ...(maxKbps === undefined ? {} : { max_bitrate_kbps: maxKbps }),
    },
    ...(latencyMs === undefined ? {} : { scheduler: { discard_deadline_ms: latencyMs } }),
    ...(links.length > 0 ? { links: links.map((name) => ({ interface: name })) } : {}),
    ...(destinations.length > 0 ? { platform_dest: [...destinations] } : {}),
    ...(workerId === undefined ? {} : { worker_id: workerId }),
    ...(keepLive ? { keep_live: true } : {}),
  };
}

/** A worker that the form offers. */
export interface WorkerChoice {
  readonly id: WorkerId;
  /** Its name, and where it cannot receive the stream, why: `fra-2 (no free port)`. */
  readonly label: string;
  readonly usable: boolean;
}

/** The workers by name. One that cannot receive a stream of `links` paths now says why. */
export function workerChoices(
  workers: Iterable<FleetWorker>,
  links: number,
): readonly WorkerChoice[] {
  return [...workers].toSorted((a, b) => a.name.localeCompare(b.name)).map((worker) => {
    const fault = workerFault(worker, Math.max(1, links));
    const { worker_id: id, name } = worker;
    return { id, label: fault ? `${name} (${fault})` : name, usable: fault === undefined };
  });
}

function workerFault({ state, ingest }: FleetWorker, links: number): string | undefined {
  if (state === "lost") return "not connected";
  if (state === "draining") return "being taken out of service";
  if (!ingest) return "receives no streams";
  if (ingest.pairs_free >= links) return undefined;
  return ingest.pairs_free === 0 ? "no free port" : "too few free ports";
}

/** The reason that a link cannot have this latency. */
export function latencyFault({ latencyMs }: Pick<StartDraft, "latencyMs">): string | undefined {
  if (latencyMs === undefined || (latencyMs >= 20 && latencyMs <= 30_000)) return undefined;
  return "Give a waiting time between 20 and 30,000 ms.";
}

/** The reason that the three bitrates contradict each other. */
export function bitrateFault(
  { bitrateKbps, minKbps, maxKbps }: Pick<StartDraft, "bitrateKbps" | "minKbps" | "maxKbps">,
): string | undefined {
  for (const kbps of [bitrateKbps, minKbps, maxKbps]) {
    if (kbps !== undefined && !(kbps >= 50 && kbps <= 100_000)) {
      return "Give bitrates between 50 and 100,000 kb/s.";
    }
  }
  if (minKbps !== undefined && minKbps > bitrateKbps) return "The minimum is above the bitrate.";
  if (maxKbps !== undefined && maxKbps < bitrateKbps) return "The maximum is below the bitrate.";
  return undefined;
}

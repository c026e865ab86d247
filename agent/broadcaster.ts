/**
 * The streams that run on this device, one at a time, and their reports to the coordinator.
 *
 * ```
 * idle ──start──▶ starting ──first figures──▶ streaming ──stop──▶ stopping ──ended─▶ idle
 *                    └───────────── ended ───────────┴──────────────────────────────▶ │
 * ```
 *
 * @module
 */
import { readRules } from "../media/links/rist/scheduler_rules.ts";
import type { AgentEndReason, ConfigUpdate, FromAgent } from "../protocol/legs/agent_leg.ts";
import type { Clock, Millis } from "../protocol/clock.ts";
import type { StorageReason } from "../protocol/disk/storage_fault.ts";
import type { Refusal } from "../protocol/envelope.ts";
import { MAX_PATHS } from "../protocol/field/max_paths.ts";
import type { StreamId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type {
  Pipeline,
  PipelineEnd,
  PipelineStats,
  StartPipeline,
  StartStream,
  UpdateOutcome,
} from "./pipeline/ports.ts";
import { driveTarget } from "./vehicle/drive_target.ts";
import type { DriveTarget } from "./vehicle/ports.ts";

/** Most ends that wait for a connection to be reported; beyond it the oldest are dropped. */
const MAX_UNTOLD = 16;

/** The report that a stream ended. */
export type StreamEnd = Extract<FromAgent, { type: "stream.ended" }>["payload"];

type State =
  | { readonly state: "idle" }
  | {
    readonly state: "starting" | "streaming" | "stopping";
    readonly start: StartStream;
    readonly drive: DriveTarget | undefined;
    readonly pipeline: Pipeline;
    readonly since: Millis;
  };

/** The parts of a broadcaster. */
export interface BroadcasterOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly startPipeline: StartPipeline;
  readonly listener: {
    stats(stats: PipelineStats & { readonly stream_id: StreamId }): void;
    /** The disk does not take the recording of the stream. */
    notRecorded?(reason: StorageReason): void;
    /** False when the end could not be sent; `reportEnds` sends it later. */
    ended(end: StreamEnd): boolean;
    /** The running streams changed. */
    changed(): void;
  };
}

/** Starts, changes and ends the device's streams, one at a time. */
export class Broadcaster {
  readonly #options: BroadcasterOptions;
  #state: State = { state: "idle" };
  #untold: StreamEnd[] = [];
  #lastStats: PipelineStats | undefined;
  #lastEnd: StreamEnd | undefined;

  constructor(options: BroadcasterOptions) {
    this.#options = options;
  }

  get state(): State["state"] {
    return this.#state.state;
  }

  /** The stream whose pipeline runs, from its start until its end. */
  get stream(): StreamId | undefined {
    return this.#state.state === "idle" ? undefined : this.#state.start.stream_id;
  }

  /** Streams that run: from their first figures until their pipeline has ended. */
  get running(): StreamId[] {
    return this.#state.state === "streaming" || this.#state.state === "stopping"
      ? [this.#state.start.stream_id]
      : [];
  }

  /** Where the running stream is driven from; `undefined` while it stops. */
  get drive(): DriveTarget | undefined {
    if (this.#state.state === "idle" || this.#state.state === "stopping") return undefined;
    return this.#state.drive;
  }

  /** Newest figures of the running stream, and how the last stream ended. */
  get last(): { readonly stats: PipelineStats | undefined; readonly end: StreamEnd | undefined } {
    return { stats: this.#lastStats, end: this.#lastEnd };
  }

  /** Whether a stream uses this input. */
  uses(device: string): boolean {
    return this.#state.state !== "idle" && this.#state.start.source.mode === "v4l2" &&
      this.#state.start.source.device === device;
  }

  /** Starts a stream, or returns the refusal. A start of the stream that runs already changes nothing. */
  start(start: StartStream): Refusal | undefined {
    if (this.#state.state !== "idle") {
      const { stream_id } = this.#state.start;
      if (stream_id === start.stream_id && this.#state.state !== "stopping") return undefined;
      return {
        code: "stream.busy",
        message: `Cannot start ${start.stream_id}: this device sends ${stream_id}. Stop that first`,
      };
    }
    const fault = linkFault(start);
    if (fault !== undefined) {
      return { code: "stream.link", message: `Cannot start ${start.stream_id}: ${fault}` };
    }
    const { clock, log, startPipeline, listener } = this.#options;
    const { stream_id } = start;
    this.#lastStats = undefined;
    log.info("stream starting", { stream: stream_id, source: start.source.mode });
    const pipeline = startPipeline(start, {
      stats: (stats) => {
        this.#lastStats = stats;
        if (this.#state.state === "starting") this.#become("streaming");
        listener.stats({ ...stats, stream_id });
      },
      notRecorded: (reason) => listener.notRecorded?.(reason),
      ended: (end) => this.#ended(end),
    });
    const drive = driveTarget(start);
    this.#state = { state: "starting", start, drive, pipeline, since: clock.now() };
    listener.changed();
    return undefined;
  }

  /** Ends a stream. For one that does not run, its end is reported. */
  stop(stream: StreamId, reason: AgentEndReason): void {
    if (this.#state.state === "idle" || this.#state.start.stream_id !== stream) {
      const none = { stream_id: stream, reason, duration_s: 0, total_bytes: 0 };
      return this.#report(this.#lastEnd?.stream_id === stream ? this.#lastEnd : none);
    }
    this.#state.pipeline.stop(reason);
    this.#become("stopping");
  }

  /** Ends the running stream. */
  stopAll(reason: AgentEndReason): void {
    if (this.#state.state !== "idle") this.stop(this.#state.start.stream_id, reason);
  }

  /** Records the running stream on the device, or not. */
  record(on: boolean): void {
    if (this.#state.state !== "idle") this.#state.pipeline.record(on);
  }

  /** The worker of this stream reports that it did not get pictures of the last seconds. */
  missed(stream: StreamId): void {
    if (this.#state.state !== "idle" && this.#state.start.stream_id === stream) {
      this.#state.pipeline.missed();
    }
  }

  async update(update: ConfigUpdate): Promise<UpdateOutcome> {
    if (this.#state.state !== "starting" && this.#state.state !== "streaming") {
      const message = "Cannot change the settings of a stream: none runs on this device";
      return { refusal: { code: "stream.none", message } };
    }
    return await this.#state.pipeline.update(update);
  }

  /** Reports the ends that could not be sent before. */
  reportEnds(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const end of untold) this.#report(end);
  }

  #become(state: "streaming" | "stopping"): void {
    if (this.#state.state === "idle") return;
    this.#state = { ...this.#state, state };
    this.#options.listener.changed();
  }

  #ended({ reason, error }: PipelineEnd): void {
    if (this.#state.state === "idle") return;
    const { start, since, pipeline } = this.#state;
    const { clock, log, listener } = this.#options;
    this.#state = { state: "idle" };
    const end = {
      stream_id: start.stream_id,
      reason,
      duration_s: Math.round((clock.now() - since) / 1000),
      total_bytes: pipeline.sentBytes,
      ...(error !== undefined && { error: error.slice(0, 1000) }),
    };
    this.#lastEnd = end;
    log.info("stream ended", { stream: end.stream_id, reason, error });
    this.#report(end);
    listener.changed();
  }

  #report(end: StreamEnd): void {
    if (this.#options.listener.ended(end)) return;
    this.#untold = [...this.#untold, end].slice(-MAX_UNTOLD);
  }
}

/** Why this agent cannot send to the destinations of a stream: it sends over one SRT path, or up to six of RIST. */
function linkFault(
  { destinations, bonding_config: { scheduler } }: StartStream,
): string | undefined {
  const schemes = destinations.map((url) => url.split("://")[0]);
  if (schemes.length === 1 && schemes[0] === "srt") return undefined;
  if (schemes.some((scheme) => scheme !== "rist") || schemes.length > MAX_PATHS) {
    return `this agent sends over one SRT path or up to ${MAX_PATHS} RIST paths, not to ${
      schemes.join(" + ")
    }`;
  }
  const rules = readRules(scheduler);
  return "error" in rules ? rules.error : undefined;
}
